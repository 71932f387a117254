// SPDX-License-Identifier: Apache-2.0
#include "symbols/disassembler.h"

#include <utility>

#include "base/try.h"
#include "symbols/capstone_api.h"
#include "symbols/go_syntax.h"

namespace plumb {
namespace {

struct Machine {
  cs_arch arch{};
  int mode = 0;
  std::uint32_t unit_bytes = 1;  // What is passed over where there is no instruction.
};

Result<Machine> machine_of(const ElfFile& elf) {
  const int order = elf.order() == ByteOrder::Big ? CS_MODE_BIG_ENDIAN : CS_MODE_LITTLE_ENDIAN;
  switch (elf.machine()) {
    case ElfMachine::X86_64:
      return Machine{CS_ARCH_X86, CS_MODE_64, 1};
    case ElfMachine::X86:
      return Machine{CS_ARCH_X86, CS_MODE_32, 1};
    case ElfMachine::Aarch64:
      return Machine{CS_ARCH_ARM64, order, 4};
    case ElfMachine::Arm:
      return Machine{CS_ARCH_ARM, order, 4};
    case ElfMachine::Ppc64:
      return Machine{CS_ARCH_PPC, CS_MODE_64 | order, 4};
    case ElfMachine::S390:
      return Machine{CS_ARCH_SYSZ, CS_MODE_BIG_ENDIAN, 2};
    default:
      return Error(ErrorCode::Usage, "disassembly of this machine is not supported");
  }
}

class CapstoneDisassembler final : public Disassembler {
 public:
  CapstoneDisassembler(const CapstoneApi& api, csh handle, const Machine& machine,
                       AssemblySyntax syntax, SymbolLookup lookup)
      : api_(api),
        handle_(handle),
        machine_(machine),
        syntax_(syntax),
        lookup_(std::move(lookup)),
        instruction_(api.malloc(handle)),
        context_{lookup_,
                 [this](unsigned id) -> std::string_view {
                   const char* const name = api_.reg_name(handle_, id);
                   return name == nullptr ? "" : name;
                 },
                 machine.mode != CS_MODE_32} {}
  CapstoneDisassembler(const CapstoneDisassembler&) = delete;
  CapstoneDisassembler& operator=(const CapstoneDisassembler&) = delete;

  ~CapstoneDisassembler() override {
    api_.free(instruction_, 1);
    api_.close(&handle_);
  }

  DecodedInstruction decode(std::string_view code, std::uint64_t address) override {
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    std::size_t left = code.size();
    std::uint64_t next = address;
    if (instruction_ == nullptr || !api_.disasm_iter(handle_, &at, &left, &next, instruction_)) {
      const auto size = static_cast<std::uint32_t>(code.size());
      return {size < machine_.unit_bytes ? size : machine_.unit_bytes,
              syntax_ == AssemblySyntax::Go ? "?" : "(bad)"};
    }
    return {instruction_->size, text()};
  }

 private:
  [[nodiscard]] std::string text() const {
    if (syntax_ == AssemblySyntax::Go) {
      return machine_.arch == CS_ARCH_X86 ? go_syntax_x86(*instruction_, context_)
                                          : go_syntax_arm64(*instruction_, context_);
    }
    std::string text = instruction_->mnemonic;
    if (instruction_->op_str[0] != '\0') text += std::string(" ") + instruction_->op_str;
    return text + target_name();
  }

  // " <function+0x12>" behind a jump or call.
  [[nodiscard]] std::string target_name() const {
    const auto target = branch_target();
    if (!target) return {};
    const NearSymbol symbol = lookup_(*target);
    if (symbol.name.empty()) return {};
    std::string text = " <" + std::string(symbol.name);
    if (symbol.offset != 0) text += '+' + go_hex(static_cast<std::int64_t>(symbol.offset));
    return text + '>';
  }

  [[nodiscard]] std::optional<std::uint64_t> branch_target() const {
    const cs_detail& detail = *instruction_->detail;
    bool is_branch = false;
    for (unsigned i = 0; i < detail.groups_count; ++i) {
      is_branch = is_branch || detail.groups[i] == CS_GRP_JUMP || detail.groups[i] == CS_GRP_CALL;
    }
    if (!is_branch) return std::nullopt;
    if (machine_.arch == CS_ARCH_X86) {
      const cs_x86& x86 = detail.x86;
      if (x86.op_count == 1 && x86.operands[0].type == X86_OP_IMM) {
        return static_cast<std::uint64_t>(x86.operands[0].imm);
      }
    } else if (machine_.arch == CS_ARCH_ARM64) {
      const cs_arm64& arm = detail.arm64;
      for (unsigned i = 0; i < arm.op_count; ++i) {
        if (arm.operands[i].type == ARM64_OP_IMM) {
          return static_cast<std::uint64_t>(arm.operands[i].imm);
        }
      }
    }
    return std::nullopt;
  }

  const CapstoneApi& api_;
  csh handle_;
  const Machine machine_;
  const AssemblySyntax syntax_;
  const SymbolLookup lookup_;
  cs_insn* const instruction_;
  const GoSyntaxContext context_;
};

}  // namespace

Result<std::unique_ptr<Disassembler>> Disassembler::open(const ElfFile& elf, AssemblySyntax syntax,
                                                         SymbolLookup lookup) {
  TRY_ASSIGN(const Machine machine, machine_of(elf));
  const bool is_x86 = machine.arch == CS_ARCH_X86;
  if (syntax == AssemblySyntax::Usual) syntax = AssemblySyntax::Att;
  if (syntax == AssemblySyntax::Go && !is_x86 && machine.arch != CS_ARCH_ARM64) {
    syntax = AssemblySyntax::Att;  // The usual one of the machine.
  }
  if (syntax == AssemblySyntax::Intel && !is_x86) {
    return Error(ErrorCode::Usage, "Intel syntax is for x86 machines only");
  }
  TRY_ASSIGN(const CapstoneApi* const api, load_capstone());
  csh handle = 0;
  if (api->open(machine.arch, static_cast<cs_mode>(machine.mode), &handle) != CS_ERR_OK) {
    return Error(ErrorCode::Io, "Capstone does not know this machine");
  }
  api->option(handle, CS_OPT_DETAIL, CS_OPT_ON);
  if (is_x86 && syntax == AssemblySyntax::Att) {
    api->option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
  }
  return std::unique_ptr<Disassembler>(
      std::make_unique<CapstoneDisassembler>(*api, handle, machine, syntax, std::move(lookup)));
}

}  // namespace plumb
