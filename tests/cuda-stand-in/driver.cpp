// The entry points of CUDA's driver that ILGPU 1.5.3 calls, on the processor's memory: one device, everything done when a call returns.
// STAND_IN_FUSE=1 fuses multiplications and additions.
#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "lane.h"

namespace {

constexpr int Success = 0, InvalidValue = 1, OutOfMemory = 2, InvalidDevice = 101, InvalidPtx = 218, NotFound = 500, IllegalAddress = 700;
constexpr uint64_t MemoryBytes = 8ull << 30, Page = 4096;
constexpr uint32_t MostThreads = 1024, MostSharedBytes = 48 << 10, MostSharedAllowed = 227 << 10, MostGroupsOfTheOther = 65535;

std::mutex gate;
std::map<uint64_t, uint64_t> allocated;  // Bytes, by address.
uint64_t allocatedBytes = 0;
std::atomic<uint64_t> faults{0}, handles{0x1000}, frees{0};

struct Module {
    std::map<std::string, ptx::Function> functions;
};

void* NewHandle() { return reinterpret_cast<void*>(handles += 16); }

// CUdevice_attribute: those of a card of compute capability 9.0 with few multiprocessors, so that grids stay small.
int Attribute(int which) {
    static const std::map<int, int> values = {
        {1, MostThreads}, {2, MostThreads}, {3, MostThreads}, {4, 64},      {5, 2147483647}, {6, 65535},      {7, 65535},      {8, MostSharedBytes},
        {9, 65536},       {10, 32},         {11, 2147483647}, {12, 65536},  {13, 1980000},   {16, 4},         {36, 2619000},   {37, 5120},
        {38, 52428800},   {39, 2048},       {41, 1},          {75, 9},      {76, 0},         {81, 233472},    {82, 65536},     {97, MostSharedAllowed},
    };
    auto found = values.find(which);
    return found == values.end() ? 0 : found->second;
}

int LoadModule(void** module, const char* text) {
    try {
        *module = new Module{ptx::Parse(text, std::getenv("STAND_IN_FUSE") != nullptr)};
        return Success;
    } catch (const std::exception& e) {
        ptx::Report(e.what());
        return InvalidPtx;
    }
}

}  // namespace

namespace ptx {

void Report(const std::string& fault) {
    std::lock_guard held(gate);
    static std::set<std::string> told;
    if (faults++ < 20 && told.insert(fault).second) std::fprintf(stderr, "CUDA stand-in: %s\n", fault.c_str());
}

bool IsAllocated(uint64_t address, uint64_t bytes) {
    // The last one that was asked for, first; it is there while nothing is given back.
    thread_local uint64_t from = 0, to = 0, freesThen = 0;
    if (address >= from && address + bytes <= to && frees == freesThen) return true;
    std::lock_guard held(gate);
    freesThen = frees;
    auto after = allocated.upper_bound(address);
    if (after == allocated.begin()) return false;
    --after;
    from = after->first;
    to = after->first + after->second;
    return address + bytes <= to;
}

}  // namespace ptx

extern "C" {

int cuInit(unsigned) { return Success; }
int cuDriverGetVersion(int* version) { return *version = 12040, Success; }
int cuDeviceGetCount(int* count) { return *count = 1, Success; }
int cuDeviceGet(int* device, int ordinal) { return *device = ordinal, ordinal == 0 ? Success : InvalidDevice; }
int cuDeviceGetName(char* name, int length, int) { return std::snprintf(name, static_cast<size_t>(length), "stand-in for sm_90"), Success; }
int cuDeviceTotalMem_v2(size_t* bytes, int) { return *bytes = MemoryBytes, Success; }
int cuDeviceGetAttribute(int* value, int which, int) { return *value = Attribute(which), Success; }
int cuDeviceCanAccessPeer(int* can, int, int) { return *can = 0, Success; }
int cuDeviceGetP2PAttribute(int* value, int, int, int) { return *value = 0, Success; }

int cuCtxCreate_v2(void** context, unsigned, int) { return *context = NewHandle(), Success; }
int cuCtxDestroy_v2(void*) { return Success; }
int cuCtxSetCurrent(void*) { return Success; }
int cuCtxSynchronize() { return Success; }
int cuCtxGetCacheConfig(int* config) { return *config = 0, Success; }
int cuCtxSetCacheConfig(int) { return Success; }
int cuCtxGetSharedMemConfig(int* config) { return *config = 0, Success; }
int cuCtxSetSharedMemConfig(int) { return Success; }
int cuCtxEnablePeerAccess(void*, unsigned) { return Success; }
int cuCtxDisablePeerAccess(void*) { return Success; }
int cuPointerGetAttribute(void*, int, uint64_t) { return InvalidValue; }

int cuMemGetInfo_v2(size_t* free, size_t* total) {
    std::lock_guard held(gate);
    *total = MemoryBytes;
    *free = MemoryBytes - allocatedBytes;
    return Success;
}

int cuMemAlloc_v2(uint64_t* address, size_t bytes) {
    std::lock_guard held(gate);
    if (bytes > MemoryBytes - allocatedBytes) return OutOfMemory;
    // Pages that are nobody's on both sides.
    void* pages = mmap(nullptr, bytes + 3 * Page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return OutOfMemory;
    *address = reinterpret_cast<uint64_t>(pages) + Page;
    // No number where nothing was written, as long as that takes no time.
    if (bytes < (64u << 20)) std::memset(reinterpret_cast<void*>(*address), 0xFF, bytes);
    allocated[*address] = bytes;
    allocatedBytes += bytes;
    return Success;
}

int cuMemFree_v2(uint64_t address) {
    std::lock_guard held(gate);
    auto found = allocated.find(address);
    if (found == allocated.end()) return InvalidValue;
    munmap(reinterpret_cast<void*>(address - Page), found->second + 3 * Page);
    allocatedBytes -= found->second;
    allocated.erase(found);
    frees++;
    return Success;
}

int cuMemAllocHost_v2(void** address, size_t bytes) { return *address = std::malloc(bytes), *address == nullptr ? OutOfMemory : Success; }
int cuMemFreeHost(void* address) { return std::free(address), Success; }
int cuMemHostRegister_v2(void*, size_t, unsigned) { return Success; }
int cuMemHostUnregister(void*) { return Success; }
int cuMemHostGetDevicePointer_v2(void** device, void* host, unsigned) { return *device = host, Success; }

int cuMemcpyAsync(void* destination, const void* source, size_t bytes, void*) { return std::memmove(destination, source, bytes), Success; }

int cuMemsetD8Async(uint64_t destination, unsigned char value, size_t bytes, void*) {
    if (!ptx::IsAllocated(destination, bytes)) return InvalidValue;
    return std::memset(reinterpret_cast<void*>(destination), value, bytes), Success;
}

int cuStreamCreate(void** stream, unsigned) { return *stream = NewHandle(), Success; }
int cuStreamCreateWithPriority(void** stream, unsigned, int) { return *stream = NewHandle(), Success; }
int cuStreamDestroy_v2(void*) { return Success; }
int cuStreamSynchronize(void*) { return Success; }
int cuEventCreate(void** event, unsigned) { return *event = NewHandle(), Success; }
int cuEventDestroy_v2(void*) { return Success; }
int cuEventQuery(void*) { return Success; }
int cuEventRecord(void*, void*) { return Success; }
int cuEventSynchronize(void*) { return Success; }
int cuEventElapsedTime(float* milliseconds, void*, void*) { return *milliseconds = 0, Success; }

int cuGetErrorString(int error, const char** text) {
    *text = error == OutOfMemory ? "out of memory" : error == IllegalAddress ? "an illegal memory access was encountered" : "an error of the stand-in";
    return Success;
}

int cuModuleLoadData(void** module, const char* text) { return LoadModule(module, text); }
int cuModuleLoadDataEx(void** module, const char* text, unsigned, void*, void*) { return LoadModule(module, text); }
// Its functions may be asked for again by who holds one.
int cuModuleUnload(void*) { return Success; }

int cuModuleGetFunction(void** function, void* module, const char* name) {
    auto& functions = static_cast<Module*>(module)->functions;
    auto found = functions.find(name);
    return found == functions.end() ? NotFound : (*function = &found->second, Success);
}

int cuFuncSetAttribute(void* handle, int which, int value) {
    constexpr int MostDynamicBytes = 8;
    ptx::Function& function = *static_cast<ptx::Function*>(handle);
    if (which != MostDynamicBytes || value < 0 || function.sharedBytes + value > MostSharedAllowed) return InvalidValue;
    return function.mostDynamicBytes = value, Success;
}

int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void*, int, size_t) { return *blocks = 4, Success; }
int cuOccupancyMaxPotentialBlockSize(int* grid, int* block, void*, void*, size_t, int) { return *grid = 8, *block = 256, Success; }

int cuLaunchKernel(
    void* handle, unsigned gx, unsigned gy, unsigned gz, unsigned tx, unsigned ty, unsigned tz, unsigned dynamicBytes, void*, void** parameters, void** extra) {
    const ptx::Function& function = *static_cast<ptx::Function*>(handle);
    uint64_t threads = static_cast<uint64_t>(tx) * ty * tz;
    if (gx == 0 || gy == 0 || gz == 0 || threads == 0 || gy > MostGroupsOfTheOther || gz > MostGroupsOfTheOther || threads > MostThreads
        || (function.sharedBytes + dynamicBytes > MostSharedBytes && dynamicBytes > function.mostDynamicBytes))
        return InvalidValue;
    // One by one, or in a buffer: (1, its address), (2, where its size stands), 0.
    std::vector<const char*> places;
    if (parameters != nullptr) {
        for (size_t k = 0; k < function.parameters.size(); k++) places.push_back(static_cast<const char*>(parameters[k]));
    } else {
        const char* buffer = nullptr;
        for (; extra != nullptr && *extra != nullptr; extra += 2)
            if (reinterpret_cast<uint64_t>(*extra) == 1) buffer = static_cast<const char*>(extra[1]);
        if (buffer == nullptr && !function.parameters.empty()) return InvalidValue;
        for (const ptx::Parameter& parameter : function.parameters) places.push_back(buffer + parameter.offset);
    }
    uint64_t before = faults;
    ptx::Run(function, places, {gx, gy, gz}, {tx, ty, tz}, dynamicBytes);
    return faults == before ? Success : IllegalAddress;
}

}  // extern "C"
