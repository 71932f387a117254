// SPDX-License-Identifier: Apache-2.0
#include "symbols/rust_demangle.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/checked.h"
#include "base/strings.h"
#include "symbols/punycode.h"

namespace plumb {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
constexpr std::uint64_t kMaxSteps = 200'000;
constexpr int kMaxDepth = 300;

constexpr std::array<std::string_view, 26> kBasicTypes = {
    "i8",   "bool", "char", "f64", "str", "f32", "",    "u8", "isize", "usize", "",    "i32", "u32",
    "i128", "u128", "_",    "",    "",    "i16", "u16", "()", "...",   "",      "i64", "u64", "!"};

std::string_view basic_type(char code) {
  if (code < 'a' || code > 'z') return {};
  return kBasicTypes[static_cast<std::size_t>(code - 'a')];
}

// A parser that writes while it reads: names are in the order in which they are shown. The first
// failure moves to the end of the input.
class RustParser {
 public:
  RustParser(std::string_view text, RustGenerics generics) : text_(text), generics_(generics) {}

  std::optional<std::string> parse() {
    if (is_digit(peek())) return std::nullopt;  // A version of the scheme yet to come.
    path(true);
    if (!at_end()) {
      const Silence silence(*this);  // The crate that made the instance.
      path(false);
    }
    if (failed_ || !at_end()) return std::nullopt;
    return std::move(out_);
  }

 private:
  // Reads without writing.
  class Silence {
   public:
    explicit Silence(RustParser& parser)
        : parser_(parser), outer_(std::exchange(parser.is_silent_, true)) {}
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() { parser_.is_silent_ = outer_; }

   private:
    RustParser& parser_;
    bool outer_;
  };

  class DepthGuard {
   public:
    explicit DepthGuard(RustParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth || ++parser_.steps_ > kMaxSteps) parser_.fail();
    }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    ~DepthGuard() { --parser_.depth_; }

   private:
    RustParser& parser_;
  };

  struct Identifier {
    std::string text;
    bool is_punycode = false;
  };

  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] bool at_end() const { return at_ >= limit(); }
  [[nodiscard]] std::size_t limit() const { return std::min(limit_, text_.size()); }

  bool consume(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!consume(c)) fail();
  }

  void fail() {
    failed_ = true;
    limit_ = at_ = 0;
  }

  void put(std::string_view text) {
    if (is_silent_ || text.empty()) return;
    if (out_.size() + text.size() > kMaxBytes) return fail();
    out_ += text;
  }

  void path(bool needs_separator) {
    const DepthGuard guard(*this);
    if (failed_) return;
    const char c = peek();
    ++at_;
    switch (c) {
      case 'C':
        disambiguator();
        return put(identifier().text);
      case 'M':
      case 'X': {
        impl_path();
        put("<");
        type();
        if (c == 'X') {
          put(" as ");
          path(false);
        }
        return put(">");
      }
      case 'Y':
        put("<");
        type();
        put(" as ");
        path(false);
        return put(">");
      case 'N':
        return nested_path(needs_separator);
      case 'I':
        path(needs_separator);
        put(needs_separator ? "::<" : "<");
        generic_arguments();
        put(">");
        return expect('E');
      case 'B':
        return back_reference([&] { path(needs_separator); });
      default:
        return fail();
    }
  }

  void impl_path() {
    const Silence silence(*this);
    disambiguator();
    path(false);
  }

  void nested_path(bool needs_separator) {
    const char space = peek();
    ++at_;
    const bool is_special = space >= 'A' && space <= 'Z';
    if (!is_special && (space < 'a' || space > 'z')) return fail();
    path(needs_separator);
    const std::int64_t number = disambiguator();
    const Identifier name = identifier();
    if (!is_special) {
      put("::");
      return put(name.text);
    }
    put("::{");
    if (space == 'C') {
      put("closure");
    } else if (space == 'S') {
      put("shim");
    } else {
      put(std::string_view(&space, 1));
    }
    if (!name.text.empty()) put(":");
    put(name.text);
    put("#" + std::to_string(number) + "}");
  }

  std::int64_t disambiguator() { return consume('s') ? add_wrapping(base_62(), 1) : 0; }

  Identifier identifier() {
    Identifier result;
    result.is_punycode = consume('u');
    if (!is_digit(peek())) return fail(), result;
    std::size_t size = 0;
    const bool is_empty = consume('0');  // A number has no zeros in front: the next is another.
    while (!is_empty && is_digit(peek())) {
      size = size * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      if (size > text_.size()) return fail(), result;
    }
    consume('_');
    if (size > limit() - at_) return fail(), result;
    const std::string_view text = text_.substr(at_, size);
    at_ += size;
    const bool is_valid = std::ranges::all_of(text, [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!is_valid) return fail(), result;
    result.text = text;
    if (!result.is_punycode) return result;
    auto decoded = decode_punycode(text);
    if (!decoded) return fail(), result;
    result.text = *std::move(decoded);
    return result;
  }

  void generic_arguments() {
    std::optional<Silence> silence;
    if (generics_ == RustGenerics::Hidden) silence.emplace(*this);
    bool is_first = true;
    while (!at_end() && peek() != 'E') {
      if (!std::exchange(is_first, false)) put(", ");
      if (consume('L')) {
        lifetime(base_62());
      } else if (consume('K')) {
        constant();
      } else {
        type();
      }
    }
  }

  void binder() {
    if (!consume('G')) return;
    const std::int64_t count = add_wrapping(base_62(), 1);
    if (count < 0 || count >= static_cast<std::int64_t>(limit() - at_) - lifetimes_) return fail();
    put("for<");
    for (std::int64_t i = 0; i < count; ++i) {
      if (i > 0) put(", ");
      ++lifetimes_;
      lifetime(1);
    }
    put("> ");
  }

  void type() {
    const DepthGuard guard(*this);
    if (failed_) return;
    const char c = peek();
    if (const std::string_view basic = basic_type(c); !basic.empty()) {
      ++at_;
      return put(basic);
    }
    switch (c) {
      case 'C':
      case 'M':
      case 'X':
      case 'Y':
      case 'N':
      case 'I':
        return path(false);
      default:
        ++at_;
        return compound_type(c);
    }
  }

  void compound_type(char c) {
    switch (c) {
      case 'A':
      case 'S':
        put("[");
        type();
        if (c == 'A') {
          put("; ");
          constant();
        }
        return put("]");
      case 'T':
        return tuple();
      case 'R':
      case 'Q':
        put("&");
        if (consume('L')) {
          if (const std::int64_t number = base_62(); number > 0) {
            lifetime(number);
            put(" ");
          }
        }
        if (c == 'Q') put("mut ");
        return type();
      case 'P':
        put("*const ");
        return type();
      case 'O':
        put("*mut ");
        return type();
      case 'F': {
        const std::int64_t outer = lifetimes_;
        function();
        lifetimes_ = outer;
        return;
      }
      case 'D':
        return dynamic();
      case 'B':
        return back_reference([this] { type(); });
      default:
        return fail();
    }
  }

  void tuple() {
    put("(");
    std::size_t count = 0;
    for (; !at_end() && peek() != 'E'; ++count) {
      if (count > 0) put(", ");
      type();
    }
    put(count == 1 ? ",)" : ")");
    expect('E');
  }

  void function() {
    binder();
    if (consume('U')) put("unsafe ");
    if (consume('K')) {
      put("extern \"");
      if (consume('C')) {
        put("C");
      } else {
        Identifier name = identifier();
        if (name.is_punycode) return fail();
        std::ranges::replace(name.text, '_', '-');
        put(name.text);
      }
      put("\" ");
    }
    put("fn(");
    bool is_first = true;
    while (!at_end() && peek() != 'E') {
      if (!std::exchange(is_first, false)) put(", ");
      type();
    }
    expect('E');
    put(")");
    if (consume('u')) return;
    put(" -> ");
    type();
  }

  void dynamic() {
    const std::int64_t outer = lifetimes_;
    put("dyn ");
    binder();
    bool is_first = true;
    while (!at_end() && peek() != 'E') {
      if (!std::exchange(is_first, false)) put(" + ");
      dynamic_trait();
    }
    expect('E');
    lifetimes_ = outer;
    expect('L');
    if (const std::int64_t number = base_62(); number > 0) {
      if (!out_.ends_with(' ')) put(" ");
      put("+ ");
      lifetime(number);
    }
  }

  void dynamic_trait() {
    bool is_open = path_with_open_generics();
    while (consume('p')) {
      put(is_open ? ", " : "<");
      is_open = true;
      put(identifier().text);
      put(" = ");
      type();
    }
    if (is_open) put(">");
  }

  // A path; generic arguments at its end are not closed. True if there are any.
  bool path_with_open_generics() {
    const DepthGuard guard(*this);
    if (failed_) return false;
    if (consume('I')) {
      path(false);
      put("<");
      generic_arguments();
      expect('E');
      return true;
    }
    if (consume('B')) {
      bool is_open = false;
      back_reference([&] { is_open = path_with_open_generics(); });
      return is_open;
    }
    path(false);
    return false;
  }

  void lifetime(std::int64_t number) {
    put("'");
    if (number == 0) return put("_");
    const std::int64_t depth = subtract_wrapping(lifetimes_, number);
    if (number < 0 || depth < 0) return fail();
    if (depth < 26) {
      const char letter = static_cast<char>('a' + depth);
      return put(std::string_view(&letter, 1));
    }
    put("z" + std::to_string(depth - 25));
  }

  void constant() {
    const DepthGuard guard(*this);
    if (failed_) return;
    if (consume('B')) return back_reference([this] { constant(); });
    if (consume('p')) return put("_");
    const char kind = peek();
    ++at_;
    constexpr std::string_view kSigned = "aslxni";
    constexpr std::string_view kUnsigned = "htmyoj";
    const bool is_signed = kSigned.find(kind) != std::string_view::npos;
    const bool is_number = is_signed || kUnsigned.find(kind) != std::string_view::npos;
    if (kind == '\0' || (!is_number && kind != 'b' && kind != 'c')) return fail();
    if (is_signed && consume('n')) put("-");
    const std::size_t start = at_;
    while (!at_end() && peek() != '_') ++at_;
    const std::string_view digits = text_.substr(start, at_ - start);
    expect('_');
    if (failed_ || digits.empty() || (digits.size() > 1 && digits[0] == '0')) return fail();
    if (digits.size() > 16 && is_number) return put("0x" + std::string(digits));
    const auto value = parse_int<std::uint64_t>(digits, 16);
    if (!value) return fail();
    if (is_number) return put(std::to_string(*value));
    if (kind == 'b') {
      if (*value > 1) return fail();
      return put(*value == 1 ? "true" : "false");
    }
    if (digits.size() > 6) return fail();
    character(*value);
  }

  void character(std::uint64_t value) {
    const char c = static_cast<char>(value);
    put("'");
    if (value == '\t') {
      put("\\t");
    } else if (value == '\r') {
      put("\\r");
    } else if (value == '\n') {
      put("\\n");
    } else if (value == '\\' || value == '\'') {
      put("\\");
      put(std::string_view(&c, 1));
    } else if (value >= ' ' && value <= '~') {
      put(std::string_view(&c, 1));
    } else {
      std::array<char, 20> buffer{};
      const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, 16).ptr;
      put("\\u{");
      put({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
      put("}");
    }
    put("'");
  }

  std::int64_t base_62() {
    if (consume('_')) return 0;
    std::uint64_t value = 0;  // Hashes of crates overflow; nobody looks at them.
    while (!at_end()) {
      const char c = text_[at_++];
      if (c == '_') return static_cast<std::int64_t>(value + 1);
      value *= 62;
      if (is_digit(c)) {
        value += static_cast<std::uint64_t>(c - '0');
      } else if (c >= 'a' && c <= 'z') {
        value += static_cast<std::uint64_t>(c - 'a' + 10);
      } else if (c >= 'A' && c <= 'Z') {
        value += static_cast<std::uint64_t>(c - 'A' + 36);
      } else {
        break;
      }
    }
    return fail(), 0;
  }

  // Reads again what stands at an earlier place. The 'B' is already taken.
  template <typename Read>
  void back_reference(Read read) {
    const std::size_t here = at_ - 1;
    const std::int64_t target = base_62();
    if (failed_ || is_silent_) return;
    if (target < 0 || static_cast<std::size_t>(target) >= here) return fail();
    const std::size_t outer_at = std::exchange(at_, static_cast<std::size_t>(target));
    const std::size_t outer_limit = std::exchange(limit_, here);
    read();
    if (failed_) return;
    at_ = outer_at;
    limit_ = outer_limit;
  }

  const std::string_view text_;
  const RustGenerics generics_;
  std::size_t at_ = 0;
  std::size_t limit_ = std::string_view::npos;
  std::string out_;
  bool is_silent_ = false;
  bool failed_ = false;
  int depth_ = 0;
  std::uint64_t steps_ = 0;
  std::int64_t lifetimes_ = 0;  // That binders have bound so far.
};

}  // namespace

std::optional<std::string> demangle_rust(std::string_view mangled, RustGenerics generics) {
  mangled.remove_prefix(2);
  return RustParser(mangled.substr(0, mangled.find('.')), generics).parse();
}

}  // namespace plumb
