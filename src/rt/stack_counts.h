// SPDX-License-Identifier: Apache-2.0
// StackCounts: how many tasks have the same stack and the same labels.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace plumb::rt::detail {

using Labels = std::vector<std::pair<std::string, std::string>>;

class StackCounts {
 public:
  struct Record {
    std::uint64_t count = 0;
    std::uint32_t first_pc = 0;
    std::uint32_t pc_count = 0;
    Labels labels;
  };

  /// Counts one more. `labels` may be null.
  void add(std::span<const std::uintptr_t> pcs, const Labels* labels);

  /// The highest count first; of equal counts in the order of Go: by the text of record_text().
  [[nodiscard]] std::vector<const Record*> sorted() const;
  [[nodiscard]] std::span<const std::uintptr_t> pcs(const Record& record) const {
    return std::span(pcs_).subspan(record.first_pc, record.pc_count);
  }
  /// All addresses, each at least once.
  [[nodiscard]] std::span<const std::uintptr_t> all_pcs() const { return pcs_; }
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  [[nodiscard]] bool is_equal(const Record& record, std::span<const std::uintptr_t> pcs,
                              const Labels& labels) const;
  void grow();

  std::vector<std::uintptr_t> pcs_;  // Of all records, end to end.
  std::vector<Record> records_;
  std::vector<std::uint64_t> hashes_;                                   // Of records.
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(256);  // Record + 1; 0: free.
  std::uint64_t total_ = 0;
};

/// "@ 0x1 0x2" and, with labels, "\n# labels: {"k":"v"}".
std::string record_text(std::span<const std::uintptr_t> pcs, const Labels& labels);

}  // namespace plumb::rt::detail
