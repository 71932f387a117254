// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "symbols/go_syntax.h"

namespace plumb {
namespace {

// The number of a system register. Capstone keeps it in an enumeration that has no such value, so
// it must not be read as one.
unsigned system_register(const cs_arm64_op& op) {
  unsigned number = 0;
  static_assert(sizeof op.reg == sizeof number);
  std::memcpy(&number, &op.reg, sizeof number);
  return number;
}

// Instructions whose mnemonic says all of the width. Sorted.
constexpr std::array<std::string_view, 29> kNoSuffix = {
    "AESD",    "AESE",    "AESIMC",   "AESMC",     "CRC32B",   "CRC32CB", "CRC32CH", "CRC32CW",
    "CRC32CX", "CRC32H",  "CRC32W",   "CRC32X",    "LDARB",    "LDARH",   "LDAXRB",  "LDAXRH",
    "LDTRH",   "LDXRB",   "LDXRH",    "SHA1C",     "SHA1H",    "SHA1M",   "SHA1P",   "SHA1SU0",
    "SHA1SU1", "SHA256H", "SHA256H2", "SHA256SU0", "SHA256SU1"};

constexpr std::array<std::string_view, 16> kConditions = {"INVALID", "EQ", "NE", "HS", "LO", "MI",
                                                          "PL",      "VS", "VC", "HI", "LS", "GE",
                                                          "LT",      "GT", "LE", "AL"};

// What kind of register an operand is, and its number.
struct Register {
  enum class Kind : std::uint8_t { None, W, X, Sp, B, H, S, D, Q, V, Other };
  Kind kind = Kind::None;
  unsigned number = 0;

  [[nodiscard]] bool is_float() const { return kind >= Kind::B && kind <= Kind::Q; }
  // "S", "D", "Q", "H", "B", or "" for others.
  [[nodiscard]] std::string letter() const {
    switch (kind) {
      case Kind::B:
        return "B";
      case Kind::H:
        return "H";
      case Kind::S:
        return "S";
      case Kind::D:
        return "D";
      case Kind::Q:
        return "Q";
      default:
        return "";
    }
  }
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

class Arm64Writer {
 public:
  Arm64Writer(const cs_insn& instruction, const GoSyntaxContext& context)
      : instruction_(instruction), detail_(instruction.detail->arm64), context_(context) {
    for (const char* c = instruction.mnemonic; *c != '\0'; ++c) {
      name_ += *c >= 'a' && *c <= 'z' ? static_cast<char>(*c - 'a' + 'A') : *c;
    }
  }

  std::string write() {
    if (name_.starts_with("B.")) return "B" + branch_condition() + ' ' + text(0);
    if (name_ == "B") return "JMP " + text(0);
    if (name_ == "BL") return "CALL " + text(0);
    if (name_ == "BLR") return "CALL (" + text(0) + ')';
    if (name_ == "BR") return "JMP (" + text(0) + ')';
    if (name_ == "RET") return detail_.op_count == 0 ? "RET" : "RET " + text(0);
    if (name_ == "NOP") return "NOOP";
    for (unsigned i = 0; i < detail_.op_count; ++i) operands_.push_back(text(i));
    take_post_index();
    if (has_condition_operand()) operands_.push_back(condition());
    const bool is_complete = rewrite();
    if (!is_complete) std::ranges::reverse(operands_);
    std::string line = name_;
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      line += i == 0 ? " " : ", ";
      line += operands_[i];
    }
    return line;
  }

 private:
  // True if the operands are in the order in which they are written, false if they are to be
  // reversed; the parts of it have no answer for what is not theirs.
  bool rewrite() {
    if (const auto is_complete = rewrite_memory()) return *is_complete;
    if (const auto is_complete = rewrite_exclusive()) return *is_complete;
    if (const auto is_complete = rewrite_bits()) return *is_complete;
    if (is_one_of(name_, {"MADD", "MSUB", "SMADDL", "SMSUBL", "UMADDL", "UMSUBL"})) {
      add_w(0);
      swap(2, 3);
      return false;
    }
    if (name_ == "MOV") return move_register();
    if (is_one_of(name_, {"MOVZ", "MOVN"})) return move_constant();
    if (name_ == "ORR" && is_constant_of_zero()) return move_mask();
    if (is_one_of(name_, {"UMOV", "INS"})) {
      name_ = "VMOV";
      return false;
    }
    if (name_ == "ISB" && operands_.empty()) operands_ = {"$15"};
    if (is_list_instruction()) return move_list();
    if (name_.starts_with("F") || name_.ends_with("CVTF")) return rewrite_float();
    return rewrite_other();
  }

  std::optional<bool> rewrite_memory() {
    if (is_one_of(name_, {"LDR", "LDUR", "STR", "STUR"})) return move_memory();
    if (is_one_of(name_, {"LDRB", "LDURB"})) return move("MOVBU");
    if (is_one_of(name_, {"LDRH", "LDURH"})) return move("MOVHU");
    if (is_one_of(name_, {"LDRSW", "LDURSW"})) return move("MOVW");
    if (is_one_of(name_, {"LDRSB", "LDURSB"})) return move(is_w(0) ? "MOVBW" : "MOVB");
    if (is_one_of(name_, {"LDRSH", "LDURSH"})) return move(is_w(0) ? "MOVHW" : "MOVH");
    if (is_one_of(name_, {"STRB", "STURB"})) return move_out("MOVB");
    if (is_one_of(name_, {"STRH", "STURH"})) return move_out("MOVH");
    if (is_one_of(name_, {"STP", "LDP", "LDNP", "STNP"})) return move_pair();
    return std::nullopt;
  }

  std::optional<bool> rewrite_exclusive() {
    if (name_.starts_with("STLR")) {
      if (name_ == "STLR") add_w(0);
      swap(0, 1);
      return false;
    }
    if (is_one_of(name_, {"STLXR", "STXR", "STLXRB", "STLXRH", "STXRB", "STXRH"})) {
      if (name_.back() == 'R') add_w(1);
      swap(1, 2);
      return false;
    }
    if (is_one_of(name_, {"LDAXP", "LDXP"}) && operands_.size() == 3) {
      add_w(0);
      std::vector<std::string> pair = {operands_[2],
                                       '(' + operands_[0] + ", " + operands_[1] + ')'};
      operands_ = std::move(pair);
      return true;
    }
    if (is_one_of(name_, {"STLXP", "STXP"}) && operands_.size() == 4) {
      add_w(1);
      std::vector<std::string> pair = {'(' + operands_[1] + ", " + operands_[2] + ')', operands_[3],
                                       operands_[0]};
      operands_ = std::move(pair);
      return true;
    }
    return std::nullopt;
  }

  std::optional<bool> rewrite_bits() {
    if (is_one_of(name_, {"BFI", "BFXIL", "SBFIZ", "SBFX", "UBFIZ", "UBFX"}) &&
        operands_.size() == 4) {
      add_w(0);
      operands_ = {operands_[3], operands_[1], operands_[2], operands_[0]};
      std::swap(operands_[0], operands_[2]);
      return true;
    }
    if (is_one_of(name_, {"TBZ", "TBNZ"}) && operands_.size() == 3) {
      std::swap(operands_[0], operands_[1]);
      return true;
    }
    if (is_one_of(name_, {"CBZ", "CBNZ"})) {
      add_w(0);
      return true;
    }
    return std::nullopt;
  }

  bool rewrite_float() {
    if (is_one_of(name_, {"FCCMP", "FCCMPE"})) swap(0, 1);
    if (is_one_of(name_, {"FCMP", "FCMPE", "FCCMP", "FCCMPE"}) && operands_.size() > 1 &&
        operands_[1].starts_with('$')) {
      operands_[1] = "$(0.0)";
    }
    if (name_.ends_with("MADD") || name_.ends_with("MSUB")) swap(2, 3);
    if (name_ == "FCVT" || name_.starts_with("FCVTZ") || name_.ends_with("CVTF")) {
      for (const unsigned i : {1u, 0u}) {
        name_ += register_of(i).letter();
        if (name_.substr(0, 4) != "FCVT" || name_.starts_with("FCVTZ") ||
            name_.find("CVTF") != std::string::npos) {
          if (is_w(i)) name_ += 'W';
        }
      }
    } else if (name_ == "FMOV") {
      const std::string first = register_of(0).letter();
      name_ += first.empty() ? register_of(1).letter() : first;
    } else {
      const bool is_unary =
          is_one_of(name_, {"FABS", "FNEG", "FSQRT"}) || name_.starts_with("FRINT");
      name_ += register_of(is_unary ? 1 : 0).letter();
    }
    if (has_condition_operand()) swap_conditional();
    return false;
  }

  bool rewrite_other() {
    const Register first = register_of(0);
    if (!std::ranges::binary_search(kNoSuffix, std::string_view(name_))) {
      const bool is_vector = first.kind == Register::Kind::V || first.is_float();
      if (is_vector) name_.insert(name_.begin(), 'V');
      if (first.kind == Register::Kind::W) name_ += 'W';
    }
    if (has_condition_operand()) swap_conditional();
    return false;
  }

  // Of four operands the last of which is a condition.
  void swap_conditional() {
    if (operands_.size() != 4) return;
    const bool is_register = detail_.op_count > 2 && detail_.operands[2].type == ARM64_OP_REG;
    if (is_register) {
      std::swap(operands_[1], operands_[2]);
    } else {
      std::swap(operands_[0], operands_[2]);
    }
  }

  bool move(std::string_view name) {
    name_ = std::string(name) + mode();
    return false;
  }

  bool move_out(std::string_view name) {
    name_ = std::string(name) + mode();
    return true;
  }

  bool move_memory() {
    const bool is_load = name_[0] == 'L';
    const Register value = register_of(0);
    if (value.is_float()) {
      name_ = "FMOV" + value.letter();
    } else if (value.kind == Register::Kind::W) {
      name_ = is_load ? "MOVWU" : "MOVW";
    } else {
      name_ = "MOVD";
    }
    name_ += mode();
    return !is_load;
  }

  bool move_pair() {
    if (operands_.size() != 3) return false;
    const bool is_load = name_[0] == 'L';
    const Register value = register_of(0);
    if (value.kind == Register::Kind::W) {
      name_ += 'W';
    } else if (value.is_float()) {
      name_ = 'F' + name_ + value.letter();
    }
    name_ += mode();
    const std::string pair = '(' + operands_[0] + ", " + operands_[1] + ')';
    operands_ = is_load ? std::vector{operands_[2], pair} : std::vector{pair, operands_[2]};
    return true;
  }

  bool move_register() {
    const Register first = register_of(0);
    if (first.kind == Register::Kind::W) {
      name_ = "MOVW";
    } else if (first.kind == Register::Kind::X || first.kind == Register::Kind::Sp) {
      name_ = "MOVD";
    }
    const bool is_vector = first.kind == Register::Kind::V || first.is_float() ||
                           register_of(1).kind == Register::Kind::V;
    if (is_vector) name_ = "VMOV";
    return false;
  }

  // "mov" of a 16-bit constant anywhere in the register, or of its complement.
  bool move_constant() {
    const cs_arm64_op& op = detail_.operands[1];
    auto value = static_cast<std::uint64_t>(op.imm) << (op.shift.value & 63);
    if (name_ == "MOVN") value = ~value;
    set_constant(value);
    return false;
  }

  bool move_mask() {
    operands_.pop_back();
    set_constant(static_cast<std::uint64_t>(detail_.operands[2].imm));
    return false;
  }

  void set_constant(std::uint64_t value) {
    name_ = is_w(0) ? "MOVW" : "MOVD";
    operands_[1] = '$' + (is_w(0) ? std::to_string(static_cast<std::uint32_t>(value))
                                  : std::to_string(static_cast<std::int64_t>(value)));
  }

  [[nodiscard]] bool is_constant_of_zero() const {
    if (detail_.op_count != 3 || detail_.operands[2].type != ARM64_OP_IMM) return false;
    const Register zero = register_of(1);
    if (zero.number != 31 || zero.kind == Register::Kind::Sp) return false;
    // What "mov" of 16 bits could do as well stays what it is.
    const std::uint64_t all = is_w(0) ? UINT32_MAX : UINT64_MAX;
    const auto value = static_cast<std::uint64_t>(detail_.operands[2].imm) & all;
    for (unsigned shift = 0; shift < 64; shift += 16) {
      const std::uint64_t others = all & ~(std::uint64_t{0xFFFF} << shift);
      if ((value & others) == 0 || (~value & others) == 0) return false;
    }
    return true;
  }

  // LD1 to LD4R, ST1 to ST4.
  [[nodiscard]] bool is_list_instruction() const {
    return name_.size() >= 3 && is_one_of(name_.substr(0, 2), {"LD", "ST"}) && name_[2] >= '1' &&
           name_[2] <= '4' && !operands_.empty();
  }

  bool move_list() {
    std::string list = "[";
    for (std::size_t i = 0; i + 1 < operands_.size(); ++i) {
      if (i > 0) list += ", ";
      list += operands_[i];
    }
    list += ']';
    const bool is_load = name_[0] == 'L';
    name_ = 'V' + name_ + (is_post_index() ? ".P" : "");
    const std::string address = operands_.back();
    operands_ = is_load ? std::vector{address, list} : std::vector{list, address};
    return true;
  }

  void swap(std::size_t a, std::size_t b) {
    if (a < operands_.size() && b < operands_.size()) std::swap(operands_[a], operands_[b]);
  }

  void add_w(unsigned i) {
    if (is_w(i)) name_ += 'W';
  }

  [[nodiscard]] bool is_w(unsigned i) const { return register_of(i).kind == Register::Kind::W; }

  // ".W" for an address that is changed before, ".P" for one changed after.
  [[nodiscard]] std::string mode() const {
    if (is_post_index()) return ".P";
    return detail_.writeback ? ".W" : "";
  }

  [[nodiscard]] bool is_post_index() const {
    return detail_.op_count > 1 && detail_.operands[detail_.op_count - 2].type == ARM64_OP_MEM;
  }

  // Capstone makes an operand of what is added to an address afterwards.
  void take_post_index() {
    if (!is_post_index()) return;
    const cs_arm64_op& step = detail_.operands[detail_.op_count - 1];
    operands_.pop_back();
    if (step.type == ARM64_OP_IMM) {
      operands_.back().insert(0, std::to_string(step.imm));
    } else if (step.type == ARM64_OP_REG) {
      operands_.back() += '(' + register_text(step.reg) + ')';
    }
  }

  [[nodiscard]] bool has_condition_operand() const {
    return detail_.cc != ARM64_CC_INVALID && detail_.cc != ARM64_CC_AL && !name_.starts_with("B");
  }

  [[nodiscard]] std::string condition() const {
    return detail_.cc < kConditions.size() ? std::string(kConditions[detail_.cc]) : "";
  }

  // Branches keep the names of the machine's manual.
  [[nodiscard]] std::string branch_condition() const {
    if (detail_.cc == ARM64_CC_HS) return "CS";
    if (detail_.cc == ARM64_CC_LO) return "CC";
    return condition();
  }

  [[nodiscard]] Register register_of(unsigned i) const {
    if (i >= detail_.op_count || detail_.operands[i].type != ARM64_OP_REG) return {};
    return register_of_id(detail_.operands[i].reg);
  }

  [[nodiscard]] Register register_of_id(unsigned id) const {
    const std::string_view name = context_.register_name(id);
    if (name == "sp" || name == "wsp") return {Register::Kind::Sp, 31};
    if (name == "xzr") return {Register::Kind::X, 31};
    if (name == "wzr") return {Register::Kind::W, 31};
    if (name == "fp" || name == "x29") return {Register::Kind::X, 29};
    if (name == "lr" || name == "x30") return {Register::Kind::X, 30};
    if (name.size() < 2 || name.size() > 3) return {Register::Kind::Other, 0};
    unsigned number = 0;
    for (const char c : name.substr(1)) {
      if (c < '0' || c > '9') return {Register::Kind::Other, 0};
      number = number * 10 + static_cast<unsigned>(c - '0');
    }
    switch (name[0]) {
      case 'w':
        return {Register::Kind::W, number};
      case 'x':
        return {Register::Kind::X, number};
      case 'b':
        return {Register::Kind::B, number};
      case 'h':
        return {Register::Kind::H, number};
      case 's':
        return {Register::Kind::S, number};
      case 'd':
        return {Register::Kind::D, number};
      case 'q':
        return {Register::Kind::Q, number};
      case 'v':
        return {Register::Kind::V, number};
      default:
        return {Register::Kind::Other, 0};
    }
  }

  [[nodiscard]] std::string register_text(unsigned id) const {
    const Register found = register_of_id(id);
    switch (found.kind) {
      case Register::Kind::Sp:
        return "RSP";
      case Register::Kind::W:
      case Register::Kind::X:
        return found.number == 31 ? "ZR" : 'R' + std::to_string(found.number);
      case Register::Kind::V:
        return 'V' + std::to_string(found.number);
      case Register::Kind::Other:
      case Register::Kind::None:
        return std::string(context_.register_name(id));
      default:
        return (is_float_instruction() ? 'F' : 'V') + std::to_string(found.number);
    }
  }

  [[nodiscard]] bool is_float_instruction() const {
    return name_.starts_with("F") || name_.ends_with("CVTF") ||
           is_one_of(name_, {"LDP", "STP", "LDR", "STR", "LDUR", "STUR"});
  }

  [[nodiscard]] std::string text(unsigned i) const {
    const cs_arm64_op& op = detail_.operands[i];
    switch (op.type) {
      case ARM64_OP_REG:
        return vector_text(op).value_or(register_text(op.reg) + shift_text(op));
      case ARM64_OP_IMM:
        return immediate(op);
      case ARM64_OP_CIMM:
        return '$' + std::to_string(op.imm);
      case ARM64_OP_MEM:
        return memory(op);
      case ARM64_OP_FP:
        return float_text(op.fp);
      case ARM64_OP_REG_MRS:
      case ARM64_OP_REG_MSR:
        return '$' + std::to_string(system_register(op) & 0x7FFF);
      case ARM64_OP_BARRIER:
        return '$' + std::to_string(static_cast<unsigned>(op.barrier));
      default:
        return '$' + std::to_string(op.imm);
    }
  }

  // "V1.B16", "V1.D[0]"
  [[nodiscard]] std::optional<std::string> vector_text(const cs_arm64_op& op) const {
    if (register_of_id(op.reg).kind != Register::Kind::V) return std::nullopt;
    std::string text = 'V' + std::to_string(register_of_id(op.reg).number);
    text += arrangement(op);
    if (op.vector_index >= 0) text += '[' + std::to_string(op.vector_index) + ']';
    return text;
  }

  [[nodiscard]] std::string arrangement(const cs_arm64_op& op) const {
    constexpr std::array<std::pair<arm64_vas, const char*>, 9> kWhole = {{{ARM64_VAS_8B, ".B8"},
                                                                          {ARM64_VAS_16B, ".B16"},
                                                                          {ARM64_VAS_4H, ".H4"},
                                                                          {ARM64_VAS_8H, ".H8"},
                                                                          {ARM64_VAS_2S, ".S2"},
                                                                          {ARM64_VAS_4S, ".S4"},
                                                                          {ARM64_VAS_1D, ".D1"},
                                                                          {ARM64_VAS_2D, ".D2"},
                                                                          {ARM64_VAS_1Q, ".Q1"}}};
    for (const auto& [vas, text] : kWhole) {
      if (op.vas == vas) return text;
    }
    switch (op.vess) {
      case ARM64_VESS_B:
        return ".B";
      case ARM64_VESS_H:
        return ".H";
      case ARM64_VESS_S:
        return ".S";
      case ARM64_VESS_D:
        return ".D";
      default:
        break;
    }
    // Capstone does not say it of the move of a whole register, whose bit 30 tells its half.
    const bool is_move = instruction_.id == ARM64_INS_MOV && op.vector_index < 0;
    if (!is_move) return "";
    return (instruction_.bytes[3] & 0x40) != 0 ? ".B16" : ".B8";
  }

  [[nodiscard]] static std::string shift_text(const cs_arm64_op& op) {
    const std::string amount = std::to_string(op.shift.value);
    if (op.ext != ARM64_EXT_INVALID) {
      return '.' + extension(op.ext) + (op.shift.value != 0 ? "<<" + amount : "");
    }
    switch (op.shift.type) {
      case ARM64_SFT_LSL:
        return "<<" + amount;
      case ARM64_SFT_LSR:
        return ">>" + amount;
      case ARM64_SFT_ASR:
        return "->" + amount;
      case ARM64_SFT_ROR:
        return "@>" + amount;
      default:
        return "";
    }
  }

  [[nodiscard]] static std::string extension(arm64_extender extender) {
    constexpr std::array<std::string_view, 9> kNames = {"",     "UXTB", "UXTH", "UXTW", "UXTX",
                                                        "SXTB", "SXTH", "SXTW", "SXTX"};
    return std::string(kNames[static_cast<std::size_t>(extender)]);
  }

  [[nodiscard]] bool is_branch() const {
    return is_one_of(name_, {"B", "BL", "CBZ", "CBNZ", "TBZ", "TBNZ"}) || name_.starts_with("B.");
  }

  [[nodiscard]] bool is_literal_load() const {
    return is_one_of(name_, {"LDR", "LDRSW"}) && detail_.op_count == 2;
  }

  [[nodiscard]] std::string immediate(const cs_arm64_op& op) const {
    const bool is_last = &op == &detail_.operands[detail_.op_count - 1];
    const auto pc = static_cast<std::int64_t>(instruction_.address);
    if (is_branch() && is_last) {
      const NearSymbol symbol = context_.lookup(static_cast<std::uint64_t>(op.imm));
      if (!symbol.name.empty() && symbol.offset == 0) return std::string(symbol.name) + "(SB)";
      return std::to_string((op.imm - pc) / 4) + "(PC)";
    }
    if (is_literal_load()) return std::to_string((op.imm - pc) / 4) + "(PC)";
    if (name_ == "ADRP") return std::to_string(op.imm - (pc & ~std::int64_t{0xFFF})) + "(PC)";
    if (name_ == "ADR") return std::to_string(op.imm - pc) + "(PC)";
    if (op.shift.type == ARM64_SFT_LSL && op.shift.value != 0) {
      return "$(" + std::to_string(op.imm) + "<<" + std::to_string(op.shift.value) + ')';
    }
    return '$' + std::to_string(op.imm);
  }

  [[nodiscard]] std::string memory(const cs_arm64_op& op) const {
    std::string text;
    if (op.mem.disp != 0) text += std::to_string(op.mem.disp);
    text += '(' + register_text(op.mem.base) + ')';
    if (op.mem.index == ARM64_REG_INVALID) return text;
    const std::string amount = op.shift.value != 0 ? "<<" + std::to_string(op.shift.value) : "";
    std::string index = register_text(op.mem.index);
    if (op.ext != ARM64_EXT_INVALID) index += '.' + extension(op.ext);
    return text + '(' + index + amount + ')';
  }

  [[nodiscard]] static std::string float_text(double value) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "$%f", value);  // NOLINT(cert-err33-c): it fits.
    std::string text = buffer.data();
    text.erase(text.find_last_not_of('0') + 1);
    return text;
  }

  const cs_insn& instruction_;
  const cs_arm64& detail_;
  const GoSyntaxContext& context_;
  std::string name_;
  std::vector<std::string> operands_;
};

}  // namespace

std::string go_syntax_arm64(const cs_insn& instruction, const GoSyntaxContext& context) {
  return Arm64Writer(instruction, context).write();
}

}  // namespace plumb
