// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "symbols/go_syntax.h"

namespace plumb {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

// Mnemonics that get the operand size as a suffix. Sorted.
constexpr std::array<std::string_view, 54> kSuffixed = {
    "ADC",       "ADD", "AND",     "BSF",      "BSR",      "BT",       "BTC",      "BTR",
    "BTS",       "CMP", "CMPXCHG", "CVTSD2SI", "CVTSI2SD", "CVTSI2SS", "CVTSS2SI", "CVTTSD2SI",
    "CVTTSS2SI", "DEC", "DIV",     "FLDENV",   "FRSTOR",   "IDIV",     "IMUL",     "IN",
    "INC",       "LEA", "MOV",     "MOVNTI",   "MUL",      "NEG",      "NOP",      "NOT",
    "OR",        "OUT", "POP",     "POPA",     "POPCNT",   "PUSH",     "PUSHA",    "RCL",
    "RCR",       "ROL", "ROR",     "SAR",      "SBB",      "SHL",      "SHLD",     "SHR",
    "SHRD",      "SUB", "TEST",    "XADD",     "XCHG",     "XOR"};

struct Renamed {
  std::string_view capstone;
  std::string_view go;
};

// Where Intel's mnemonic, as Capstone gives it, is not the one of Go's decoder.
constexpr std::array kRenamed = {
    Renamed{"MOVABS", "MOV"},     Renamed{"RETF", "LRET"},        Renamed{"SAL", "SHL"},
    Renamed{"SYSRETQ", "SYSRET"}, Renamed{"SYSEXITQ", "SYSEXIT"}, Renamed{"INT1", "ICEBP"},
};

class X86Writer {
 public:
  X86Writer(const cs_insn& instruction, const GoSyntaxContext& context)
      : instruction_(instruction),
        detail_(instruction.detail->x86),
        context_(context),
        name_(upper(instruction.mnemonic)) {}

  std::string write() {
    split_prefixes();
    rename();
    std::vector<std::string> operands;
    for (unsigned i = detail_.op_count; i-- > 0;) operands.push_back(operand(i));
    adjust(operands);
    std::string text = prefix_ + name_ + std::string(suffix());
    for (std::size_t i = 0; i < operands.size(); ++i) {
      text += i == 0 ? " " : ", ";
      text += operands[i];
    }
    return text;
  }

 private:
  // Capstone writes "rep movsq", "lock xadd".
  void split_prefixes() {
    for (const auto& [word, written] :
         {std::pair<std::string_view, std::string_view>{"LOCK ", "LOCK "},
          {"REPNE ", "REPNE; "},
          {"REPE ", "REP; "},
          {"REP ", "REP; "},
          {"XACQUIRE ", "XACQUIRE "},
          {"XRELEASE ", "XRELEASE "},
          {"BND ", "REPNE; "},
          {"NOTRACK ", ""}}) {
      if (!name_.starts_with(word)) continue;
      prefix_ += written;
      name_.erase(0, word.size());
    }
  }

  void rename() {
    for (const Renamed& renamed : kRenamed) {
      if (name_ == renamed.capstone) {
        name_ = renamed.go;
        return;
      }
    }
    // The instructions of vectors, not those of strings.
    const bool is_vector =
        detail_.op_count == 2 && (is_vector_register(0) || is_vector_register(1));
    if (is_vector && (name_ == "MOVSD" || name_ == "CMPSD")) name_ += "_XMM";
  }

  [[nodiscard]] bool is_vector_register(unsigned i) const {
    const cs_x86_op& op = detail_.operands[i];
    return op.type == X86_OP_REG && op.reg >= X86_REG_XMM0 && op.reg <= X86_REG_XMM31;
  }

  void adjust(std::vector<std::string>& operands) {
    // Comparisons read from left to right.
    if (name_ == "CMP" && operands.size() == 2) std::swap(operands[0], operands[1]);
    if (name_ == "INT3") {
      name_ = "INT";
      operands = {"$0x3"};
    }
    if (name_ == "XLATB") operands = {"DS:0(BX)"};
    const bool is_short_exchange = detail_.opcode[0] >= 0x91 && detail_.opcode[0] <= 0x97;
    if (name_ == "XCHG" && is_short_exchange && operands.size() == 2 && operands[0] != "AX") {
      std::swap(operands[0], operands[1]);
    }
  }

  // The operand size of the instruction, whatever that of its registers.
  [[nodiscard]] unsigned data_bits() const {
    if ((detail_.rex & 8) != 0) return 64;
    const bool has_size_prefix = detail_.prefix[2] == X86_PREFIX_OPSIZE;
    return has_size_prefix ? 16 : 32;
  }

  [[nodiscard]] std::string_view suffix() const {
    if (!std::ranges::binary_search(kSuffixed, std::string_view(name_))) return "";
    unsigned bits = data_bits();
    const cs_x86_op* const memory = find_memory();
    if (memory != nullptr && name_ != "LEA") {
      bits = memory->size * 8;
    } else if (detail_.op_count == 1 && detail_.operands[0].type == X86_OP_REG &&
               detail_.operands[0].size == 8) {
      bits = 64;
    }
    switch (bits) {
      case 8:
        return "B";
      case 16:
        return "W";
      case 32:
        return "L";
      case 64:
        return "Q";
      default:
        return "";
    }
  }

  [[nodiscard]] const cs_x86_op* find_memory() const {
    for (unsigned i = 0; i < detail_.op_count; ++i) {
      if (detail_.operands[i].type == X86_OP_MEM) return &detail_.operands[i];
    }
    return nullptr;
  }

  [[nodiscard]] std::string operand(unsigned i) const {
    const cs_x86_op& op = detail_.operands[i];
    switch (op.type) {
      case X86_OP_REG:
        return register_text(op.reg);
      case X86_OP_IMM:
        return is_jump() ? target(static_cast<std::uint64_t>(op.imm)) : number_or_symbol(op);
      case X86_OP_MEM:
        return memory(op.mem);
      default:
        return "?";
    }
  }

  [[nodiscard]] bool is_jump() const {
    const cs_detail& detail = *instruction_.detail;
    return std::any_of(detail.groups, detail.groups + detail.groups_count, [](std::uint8_t group) {
      return group == CS_GRP_JUMP || group == CS_GRP_CALL || group == CS_GRP_BRANCH_RELATIVE;
    });
  }

  [[nodiscard]] std::string target(std::uint64_t address) const {
    const NearSymbol symbol = context_.lookup(address);
    if (!symbol.name.empty() && symbol.offset == 0) return std::string(symbol.name) + "(SB)";
    return go_hex_unsigned(address);
  }

  // 32-bit code moves addresses as numbers. In 64-bit code they are relative to the instruction,
  // and a number within a symbol is a coincidence.
  [[nodiscard]] std::string number_or_symbol(const cs_x86_op& op) const {
    const std::int64_t value = immediate(op);
    if (!context_.is_64_bit) {
      const auto address = static_cast<std::uint32_t>(value);
      const bool moves = (name_ == "MOV" || name_ == "PUSH") && data_bits() == 32;
      const std::string symbol = moves ? data_symbol(address) : "";
      return '$' + (symbol.empty() ? go_hex_unsigned(address) : symbol);
    }
    if (value == static_cast<std::int32_t>(value)) return '$' + go_hex(value);
    return '$' + go_hex_unsigned(static_cast<std::uint64_t>(value));
  }

  // "name+8(SB)", or nothing.
  [[nodiscard]] std::string data_symbol(std::uint64_t address) const {
    const NearSymbol symbol = context_.lookup(address);
    if (symbol.name.empty()) return "";
    std::string text(symbol.name);
    if (symbol.offset != 0) text += '+' + std::to_string(symbol.offset);
    return text + "(SB)";
  }

  // As it is encoded, with its sign, whatever the operand size makes of it.
  [[nodiscard]] std::int64_t immediate(const cs_x86_op& op) const {
    std::int64_t value = op.imm;
    switch (detail_.encoding.imm_size) {
      case 1:
        value =
            is_unsigned_byte() ? static_cast<std::uint8_t>(value) : static_cast<std::int8_t>(value);
        break;
      case 2:
        value = static_cast<std::int16_t>(value);
        break;
      case 4:
        value = static_cast<std::int32_t>(value);
        break;
      default:
        break;
    }
    return value;
  }

  [[nodiscard]] bool is_unsigned_byte() const {
    const std::uint8_t opcode = detail_.opcode[0];
    return opcode != 0x83 && opcode != 0x6B && opcode != 0x6A;
  }

  static std::string go_hex_unsigned(std::uint64_t value) { return "0x" + to_hex(value); }

  [[nodiscard]] std::string memory(const x86_op_mem& mem) const {
    const bool is_relative = mem.base == X86_REG_RIP || mem.base == X86_REG_EIP;
    const bool is_absolute = mem.base == X86_REG_INVALID;
    if (mem.segment == X86_REG_INVALID && mem.disp != 0 && mem.index == X86_REG_INVALID &&
        (is_relative || is_absolute)) {
      auto address = static_cast<std::uint64_t>(mem.disp);
      if (is_relative) address += instruction_.address + instruction_.size;
      std::string symbol = data_symbol(address);
      if (!symbol.empty()) return symbol;
    }
    std::string text;
    if (mem.segment != X86_REG_INVALID) {
      text += register_text(mem.segment) + ':';
    } else if (is_string_instruction()) {
      text += register_text(mem.base) == "DI" ? "ES:" : "DS:";
    }
    text += displacement(mem.disp);
    if (mem.base != X86_REG_INVALID) text += '(' + register_text(mem.base) + ')';
    if (mem.index != X86_REG_INVALID && mem.index != X86_REG_RIZ && mem.index != X86_REG_EIZ) {
      text += '(' + register_text(mem.index) + '*' + std::to_string(mem.scale) + ')';
    }
    return text;
  }

  // Go's decoder leaves out the sign of displacements of four bytes.
  [[nodiscard]] std::string displacement(std::int64_t value) const {
    if (value == 0) return "0";
    if (detail_.encoding.disp_size == 4) return go_hex(static_cast<std::uint32_t>(value));
    return go_hex(value);
  }

  // MOVSB, STOSQ ...: what SI and DI point to has a segment.
  [[nodiscard]] bool is_string_instruction() const {
    if (name_.size() != 4 && name_.size() != 5) return false;
    const char width = name_.back();
    if (width != 'B' && width != 'W' && width != 'D' && width != 'Q') return false;
    const std::string_view stem = std::string_view(name_).substr(0, name_.size() - 1);
    return stem == "MOVS" || stem == "STOS" || stem == "SCAS" || stem == "CMPS" || stem == "LODS" ||
           stem == "INS" || stem == "OUTS";
  }

  // "rax", "eax" and "ax" are AX, "sil" is SI, "r8d" is R8, "xmm1" is X1.
  [[nodiscard]] std::string register_text(unsigned id) const {
    std::string name = upper(context_.register_name(id));
    if (name.starts_with("XMM")) return 'X' + name.substr(3);
    if (name.starts_with("YMM")) return 'Y' + name.substr(3);
    if (name.starts_with("ZMM")) return 'Z' + name.substr(3);
    if (name.starts_with("MM")) return 'M' + name.substr(2);
    if (name.starts_with("ST(")) return 'F' + name.substr(3, 1);
    if (name.size() >= 2 && name[0] == 'R' && name[1] >= '0' && name[1] <= '9') {
      if (name.back() == 'B' || name.back() == 'W' || name.back() == 'D') name.pop_back();
      return name;
    }
    if (name.size() == 3 && (name[0] == 'R' || name[0] == 'E')) return name.substr(1);
    if (name.size() == 3 && name[2] == 'L') return name.substr(0, 2);
    return name;
  }

  const cs_insn& instruction_;
  const cs_x86& detail_;
  const GoSyntaxContext& context_;
  std::string prefix_;
  std::string name_;
};

}  // namespace

std::string go_hex(std::int64_t value) {
  const bool is_negative = value < 0;
  auto magnitude = static_cast<std::uint64_t>(value);
  if (is_negative) magnitude = 0 - magnitude;
  return (is_negative ? "-0x" : "0x") + to_hex(magnitude);
}

std::string go_syntax_x86(const cs_insn& instruction, const GoSyntaxContext& context) {
  return X86Writer(instruction, context).write();
}

}  // namespace plumb
