// PTX as ILGPU writes it, parsed into instructions that a lane can take one by one.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ptx {

struct Lane;
struct Instruction;
using Action = void (*)(Lane&, const Instruction&);

// What %tid.x and its kin stand for.
enum class Special : uint64_t { ThreadX, ThreadY, ThreadZ, ThreadsX, ThreadsY, ThreadsZ, GroupX, GroupY, GroupZ, GroupsX, GroupsY, GroupsZ, DynamicBytes, LaneOfWarp };

struct Operand {
    enum class Kind : uint8_t { Constant, Register, Special } kind = Kind::Constant;
    uint64_t value = 0;  // The bits, the register's number, or which special register.
};

struct Instruction {
    Action action = nullptr;
    int guard = 0;  // 1: taken where guardRegister is true; -1: where it is false.
    uint32_t guardRegister = 0;
    uint32_t result = 0;
    std::array<Operand, 5> operands{};  // Of a load or store the address first; of a vector, what is stored after it.
    std::array<uint32_t, 4> results{};  // Of a vector that is loaded.
    uint8_t elements = 1;
    int64_t offset = 0;  // Of an address, or within a parameter.
    size_t target = 0;   // Of a branch.
    std::string text;    // For messages.
};

struct Parameter {
    std::string name;
    uint32_t bytes, offset;
};

struct Function {
    std::string name;
    std::vector<Parameter> parameters;
    std::vector<Instruction> code;
    uint32_t registers = 0;
    uint32_t sharedBytes = 0;  // Of arrays whose size PTX tells; what the launch tells comes after.
    uint32_t mostDynamicBytes = 0;  // Of those, where the function was allowed more than is left of 48 KiB.
};

struct InvalidPtx : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Shared memory begins here: an address of it is none of the device's memory, and 0 is none at all.
constexpr uint64_t SharedStart = 1024;

// Where the dynamic part begins.
inline uint64_t DynamicStart(const Function& function) { return SharedStart + (function.sharedBytes + 15) / 16 * 16; }

// The functions of a module, by name. With fuse, a product that only one sum of the same stretch of code uses becomes a fused multiply-add
// with it, as NVIDIA's assembler makes.
std::map<std::string, Function> Parse(const std::string& text, bool fuse);

// What an opcode does; null where it is not known.
Action ActionOf(const std::string& opcode);

// The fused form of a product and the sum (or difference) that takes it; null where they have none.
enum class Side { Left, Right };
Action Fused(Action product, Action sum, Side side);

bool Branches(Action action);
bool Stores(Action action);

}  // namespace ptx
