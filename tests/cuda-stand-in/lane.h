// A launch under way: its groups one after another, the lanes (threads) of a group each until a barrier.
#pragma once
#include <string>
#include <vector>

#include "ptx.h"

namespace ptx {

using Size = std::array<uint32_t, 3>;

// What is wrong with a launch: it goes on, and all that is found is told.
void Report(const std::string& fault);

// Whether device memory holds all these bytes.
bool IsAllocated(uint64_t address, uint64_t bytes);

enum class State : uint8_t { Running, Waiting, Shuffling, Ended };

struct Group {
    const Function& function;
    const std::vector<const char*>& parameters;
    Size groups, threads, index;
    uint32_t dynamicBytes;
    std::vector<char> shared;

    // Who last touched four bytes of shared memory, and between which barriers.
    struct Touch {
        uint32_t written = 0, writer = 0, read = 0, reader = 0;
        bool byMany = false;
    };
    std::vector<Touch> touches;
    uint32_t phase = 0;  // Counts the stretches between barriers.
};

struct Lane {
    Group& group;
    std::vector<uint64_t> registers;
    Size index{};
    uint32_t number = 0;
    size_t next = 0;
    State state = State::Running;
    uint32_t sent = 0;  // To the lanes of its warp.

    uint64_t Bits(const Operand& operand) const {
        if (operand.kind == Operand::Kind::Constant) return operand.value;
        return operand.kind == Operand::Kind::Register ? registers[operand.value] : SpecialBits(static_cast<Special>(operand.value));
    }

    template <typename T>
    T Get(const Operand& operand) const {
        uint64_t bits = Bits(operand);
        T value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }

    template <typename T>
    void Set(uint32_t result, T value) {
        uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof value);
        registers[result] = bits;
    }

    // Where an access of device or shared memory goes; a place of no meaning after a fault.
    char* Device(const Instruction& i, uint64_t address, uint32_t bytes) const;
    char* Shared(const Instruction& i, uint64_t address, uint32_t bytes, bool write);
    void Fault(const std::string& what, const Instruction& i, uint64_t address) const;

private:
    uint64_t SpecialBits(Special special) const;
};

// Runs all groups. Faults are reported.
void Run(const Function& function, const std::vector<const char*>& parameters, Size groups, Size threads, uint32_t dynamicBytes);

}  // namespace ptx
