#include "lane.h"

#include <algorithm>

namespace ptx {

uint64_t Lane::SpecialBits(Special special) const {
    switch (special) {
        case Special::ThreadX: case Special::ThreadY: case Special::ThreadZ: return index[static_cast<size_t>(special)];
        case Special::ThreadsX: case Special::ThreadsY: case Special::ThreadsZ: return group.threads[static_cast<size_t>(special) - 3];
        case Special::GroupX: case Special::GroupY: case Special::GroupZ: return group.index[static_cast<size_t>(special) - 6];
        case Special::GroupsX: case Special::GroupsY: case Special::GroupsZ: return group.groups[static_cast<size_t>(special) - 9];
        case Special::DynamicBytes: return group.dynamicBytes;
        case Special::LaneOfWarp: return number % 32;
    }
    return 0;
}

void Lane::Fault(const std::string& what, const Instruction& i, uint64_t address) const {
    char at[64];
    std::snprintf(at, sizeof at, "0x%llx", static_cast<unsigned long long>(address));
    Report(what + " at " + at + ": " + i.text + " in " + group.function.name + ", group " + std::to_string(group.index[0]) + "," + std::to_string(group.index[1]) + ","
           + std::to_string(group.index[2]) + ", thread " + std::to_string(number));
}

static char* Nowhere() {
    alignas(16) static char nowhere[64];
    return nowhere;
}

char* Lane::Device(const Instruction& i, uint64_t address, uint32_t bytes) const {
    if (address % bytes == 0 && IsAllocated(address, bytes)) return reinterpret_cast<char*>(address);
    Fault(address % bytes != 0 ? "not aligned" : "out of bounds", i, address);
    return Nowhere();
}

char* Lane::Shared(const Instruction& i, uint64_t address, uint32_t bytes, bool write) {
    uint64_t at = address - SharedStart;
    if (address % bytes != 0 || at + bytes > group.shared.size()) {
        Fault(address % bytes != 0 ? "not aligned in shared memory" : "out of shared memory's bounds", i, address);
        return Nowhere();
    }
    for (uint64_t word = at / 4; word < (at + bytes) / 4; word++) {
        Group::Touch& touch = group.touches[word];
        if (touch.written == group.phase && touch.writer != number) Fault(write ? "a race, written by two threads" : "a race, read beside another thread's write", i, address);
        if (write) {
            if (touch.read == group.phase && (touch.byMany || touch.reader != number)) Fault("a race, written beside another thread's read", i, address);
            touch.written = group.phase;
            touch.writer = number;
        } else {
            touch.byMany = touch.read == group.phase && (touch.byMany || touch.reader != number);
            touch.read = group.phase;
            touch.reader = number;
        }
    }
    return group.shared.data() + at;
}

// Until something other than the lane itself must come first.
static void Go(Lane& lane) {
    const std::vector<Instruction>& code = lane.group.function.code;
    while (lane.state == State::Running) {
        const Instruction& i = code[lane.next++];
        if (i.guard == 0 || (lane.registers[i.guardRegister] & 1) == (i.guard > 0 ? 1u : 0u)) i.action(lane, i);
    }
}

// shfl.down: each lane gets what the one so many places on has sent; the last ones their own.
static void Shuffle(Lane* lanes, uint32_t count) {
    for (uint32_t k = 0; k < count; k++) {
        if (lanes[k].state != State::Shuffling) continue;
        const Instruction& i = lanes[k].group.function.code[lanes[k].next - 1];
        uint32_t from = k + lanes[k].Get<uint32_t>(i.operands[1]);
        lanes[k].Set(i.result, lanes[from < count ? from : k].sent);
    }
    for (uint32_t k = 0; k < count; k++)
        if (lanes[k].state == State::Shuffling) lanes[k].state = State::Running;
}

static void Run(Group& group, std::vector<Lane>& lanes) {
    const uint32_t warp = 32;
    uint32_t count = static_cast<uint32_t>(lanes.size());
    for (Lane& lane : lanes) {
        lane.next = 0;
        lane.state = State::Running;
    }
    while (true) {
        group.phase++;
        uint32_t waiting = 0, ended = 0;
        for (uint32_t first = 0; first < count; first += warp) {
            uint32_t width = std::min(warp, count - first);
            bool again = true;
            while (again) {
                again = false;
                for (uint32_t k = 0; k < width; k++) {
                    bool ran = lanes[first + k].state == State::Running;
                    Go(lanes[first + k]);
                    again |= lanes[first + k].state == State::Shuffling;
                    ended += ran && lanes[first + k].state == State::Ended ? 1 : 0;
                }
                Shuffle(&lanes[first], width);
            }
        }
        const Lane* one = nullptr;
        for (Lane& lane : lanes) {
            if (lane.state != State::Waiting) continue;
            if (one != nullptr && one->next != lane.next) Report("threads wait at two barriers of " + group.function.name);
            one = &lane;
            waiting++;
            lane.state = State::Running;
        }
        if (waiting > 0 && ended > 0) Report("some threads end before a barrier of " + group.function.name);
        if (waiting == 0) return;
    }
}

void Run(const Function& function, const std::vector<const char*>& parameters, Size groups, Size threads, uint32_t dynamicBytes) {
    Group group{function, parameters, groups, threads, {}, dynamicBytes, {}, {}};
    group.shared.resize(DynamicStart(function) - SharedStart + dynamicBytes);
    group.touches.resize(group.shared.size() / 4 + 1);
    std::vector<Lane> lanes(threads[0] * threads[1] * threads[2], Lane{group, std::vector<uint64_t>(function.registers)});
    for (uint32_t k = 0; k < lanes.size(); k++) {
        lanes[k].number = k;
        lanes[k].index = {k % threads[0], k / threads[0] % threads[1], k / (threads[0] * threads[1])};
    }
    for (group.index[2] = 0; group.index[2] < groups[2]; group.index[2]++)
        for (group.index[1] = 0; group.index[1] < groups[1]; group.index[1]++)
            for (group.index[0] = 0; group.index[0] < groups[0]; group.index[0]++) {
                // What was there before is nobody's business: NaN in float, and no small number.
                std::fill(group.shared.begin(), group.shared.end(), static_cast<char>(0xFF));
                Run(group, lanes);
            }
}

}  // namespace ptx
