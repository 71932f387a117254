// SPDX-License-Identifier: Apache-2.0
// The one table of topics: what `plumb help TOPIC`, the shell's help and the manual pages explain
// that is no command. Examples come first.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plumb::cli {

/// One thing to type, and what it is good for.
struct TopicExample {
  std::string_view line;  ///< As typed to sh, or at the prompt of the shell.
  std::string_view meaning;
};

struct HelpTopic {
  std::string_view name;     ///< "exit-status".
  std::string_view summary;  ///< One line of at most 60 columns, no full stop.
  std::span<const TopicExample> examples;
  std::string_view text;  ///< Paragraphs of lines of at most 80 columns; ends with a line feed.
};

/// Every topic, in the order help shows them.
std::span<const HelpTopic> help_topics();

/// The topic of that name, or null.
const HelpTopic* find_help_topic(std::string_view name);

/// The whole text of a topic.
std::string help_topic_text(const HelpTopic& topic);

/// The same without the lines above the examples.
std::string help_topic_body(const HelpTopic& topic);

}  // namespace plumb::cli
