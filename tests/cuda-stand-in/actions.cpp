// What each opcode does, by PTX's rules: the kinds of ILGPU's code, and no more.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <unordered_map>

#include "lane.h"

namespace ptx {
namespace {

template <typename T, auto F>
void Unary(Lane& lane, const Instruction& i) { lane.Set(i.result, static_cast<T>(F(lane.Get<T>(i.operands[0])))); }

template <typename T, auto F>
void Binary(Lane& lane, const Instruction& i) { lane.Set(i.result, static_cast<T>(F(lane.Get<T>(i.operands[0]), lane.Get<T>(i.operands[1])))); }

template <typename T, auto F>
void Ternary(Lane& lane, const Instruction& i) {
    lane.Set(i.result, static_cast<T>(F(lane.Get<T>(i.operands[0]), lane.Get<T>(i.operands[1]), lane.Get<T>(i.operands[2]))));
}

template <typename T, auto F>
void Compare(Lane& lane, const Instruction& i) { lane.Set<uint64_t>(i.result, F(lane.Get<T>(i.operands[0]), lane.Get<T>(i.operands[1])) ? 1 : 0); }

template <typename T, typename TTo>
void Convert(Lane& lane, const Instruction& i) { lane.Set(i.result, static_cast<TTo>(lane.Get<T>(i.operands[0]))); }

// Toward zero; beyond the range its end, and 0 of what is no number.
template <typename T, typename TTo>
void Truncate(Lane& lane, const Instruction& i) {
    T x = lane.Get<T>(i.operands[0]), least = static_cast<T>(std::numeric_limits<TTo>::min());
    lane.Set(i.result, std::isnan(x) ? TTo{0} : x < least ? std::numeric_limits<TTo>::min() : x >= -least ? std::numeric_limits<TTo>::max() : static_cast<TTo>(x));
}

template <typename T>
void Move(Lane& lane, const Instruction& i) { lane.Set(i.result, lane.Get<T>(i.operands[0])); }

template <typename T>
void Select(Lane& lane, const Instruction& i) { lane.Set(i.result, lane.Get<T>(i.operands[lane.Bits(i.operands[2]) & 1 ? 0 : 1])); }

// A shift by the width or more leaves what a shift by one less and another by one would.
template <typename T, bool Left>
void Shift(Lane& lane, const Instruction& i) {
    T x = lane.Get<T>(i.operands[0]);
    uint32_t by = lane.Get<uint32_t>(i.operands[1]), most = 8 * sizeof(T) - 1;
    if constexpr (Left) lane.Set(i.result, static_cast<T>(by > most ? 0 : x << by));
    else lane.Set(i.result, static_cast<T>(by > most ? (x >> most) >> 1 : x >> by));
}

template <typename T>
void LoadParameter(Lane& lane, const Instruction& i) {
    T value;
    std::memcpy(&value, lane.group.parameters[i.operands[0].value] + i.offset, sizeof value);
    lane.Set(i.result, value);
}

template <typename T, bool Shared>
void Load(Lane& lane, const Instruction& i) {
    uint64_t address = lane.Bits(i.operands[0]) + static_cast<uint64_t>(i.offset);
    uint32_t bytes = i.elements * static_cast<uint32_t>(sizeof(T));
    const char* from = Shared ? lane.Shared(i, address, bytes, false) : lane.Device(i, address, bytes);
    for (size_t k = 0; k < i.elements; k++) {
        T value;
        std::memcpy(&value, from + k * sizeof value, sizeof value);
        lane.Set(i.results[k], value);
    }
}

template <typename T, bool Shared>
void Store(Lane& lane, const Instruction& i) {
    uint64_t address = lane.Bits(i.operands[0]) + static_cast<uint64_t>(i.offset);
    uint32_t bytes = i.elements * static_cast<uint32_t>(sizeof(T));
    char* to = Shared ? lane.Shared(i, address, bytes, true) : lane.Device(i, address, bytes);
    for (size_t k = 0; k < i.elements; k++) {
        T value = lane.Get<T>(i.operands[k + 1]);
        std::memcpy(to + k * sizeof value, &value, sizeof value);
    }
}

// An addition that nothing comes between: no race by itself.
template <typename T, bool Shared>
void AtomicAdd(Lane& lane, const Instruction& i) {
    uint64_t address = lane.Bits(i.operands[0]) + static_cast<uint64_t>(i.offset);
    char* at = Shared ? lane.group.shared.data() + (address - SharedStart) : lane.Device(i, address, sizeof(T));
    T value;
    std::memcpy(&value, at, sizeof value);
    value += lane.Get<T>(i.operands[1]);
    std::memcpy(at, &value, sizeof value);
}

void Jump(Lane& lane, const Instruction& i) { lane.next = i.target; }
void Return(Lane& lane, const Instruction&) { lane.state = State::Ended; }
void Barrier(Lane& lane, const Instruction&) { lane.state = State::Waiting; }
void Nothing(Lane&, const Instruction&) {}

// The other lanes' part is done once all of the warp have come.
void Shuffle(Lane& lane, const Instruction& i) {
    lane.sent = lane.Get<uint32_t>(i.operands[0]);
    lane.state = State::Shuffling;
}

// Of a number and none the number.
template <typename T>
T Larger(T a, T b) { return std::isnan(a) ? b : std::isnan(b) ? a : a == b ? (std::signbit(a) ? b : a) : std::max(a, b); }
template <typename T>
T Smaller(T a, T b) { return std::isnan(a) ? b : std::isnan(b) ? a : a == b ? (std::signbit(a) ? a : b) : std::min(a, b); }

template <typename T>
bool Unordered(T a, T b) { return std::isnan(a) || std::isnan(b); }

constexpr auto Plus = [](auto a, auto b) { return a + b; };
constexpr auto Minus = [](auto a, auto b) { return a - b; };
constexpr auto Times = [](auto a, auto b) { return a * b; };
constexpr auto Over = [](auto a, auto b) { return a / b; };
// Of integers: by 0 all bits, as the hardware leaves them; not a trap here.
constexpr auto Quotient = [](auto a, auto b) { return b == 0 ? static_cast<decltype(a)>(-1) : std::is_signed_v<decltype(a)> && b == static_cast<decltype(b)>(-1) ? static_cast<decltype(a)>(0 - a) : a / b; };
constexpr auto Remainder = [](auto a, auto b) { return b == 0 ? a : std::is_signed_v<decltype(a)> && b == static_cast<decltype(b)>(-1) ? static_cast<decltype(a)>(0) : a % b; };
constexpr auto PlusProduct = [](auto a, auto b, auto c) { return a * b + c; };
constexpr auto FusedPlus = [](auto a, auto b, auto c) { return std::fma(a, b, c); };
constexpr auto FusedMinus = [](auto a, auto b, auto c) { return std::fma(a, b, -c); };
constexpr auto MinusFused = [](auto a, auto b, auto c) { return std::fma(-a, b, c); };
constexpr auto Root = [](auto a) { return std::sqrt(a); };
constexpr auto Reciprocal = [](auto a) { return 1 / a; };
constexpr auto Negative = [](auto a) { return static_cast<decltype(a)>(0 - a); };
constexpr auto Opposite = [](auto a) { return -a; };
constexpr auto Magnitude = [](auto a) { return std::abs(a); };
constexpr auto And = [](auto a, auto b) { return a & b; };
constexpr auto Or = [](auto a, auto b) { return a | b; };
constexpr auto Xor = [](auto a, auto b) { return a ^ b; };
constexpr auto Not = [](auto a) { return ~a; };
constexpr auto NotPredicate = [](uint64_t a) { return (a & 1) ^ 1; };
constexpr auto Least = [](auto a, auto b) { return std::min(a, b); };
constexpr auto Most = [](auto a, auto b) { return std::max(a, b); };
constexpr auto LeastNumber = [](auto a, auto b) { return Smaller(a, b); };
constexpr auto MostNumber = [](auto a, auto b) { return Larger(a, b); };
constexpr auto Eq = [](auto a, auto b) { return a == b; };
constexpr auto Ne = [](auto a, auto b) { return a != b; };
constexpr auto Lt = [](auto a, auto b) { return a < b; };
constexpr auto Le = [](auto a, auto b) { return a <= b; };
constexpr auto Gt = [](auto a, auto b) { return a > b; };
constexpr auto Ge = [](auto a, auto b) { return a >= b; };
constexpr auto OrderedNe = [](auto a, auto b) { return !Unordered(a, b) && a != b; };
constexpr auto Equ = [](auto a, auto b) { return Unordered(a, b) || a == b; };
constexpr auto Ltu = [](auto a, auto b) { return Unordered(a, b) || a < b; };
constexpr auto Leu = [](auto a, auto b) { return Unordered(a, b) || a <= b; };
constexpr auto Gtu = [](auto a, auto b) { return Unordered(a, b) || a > b; };
constexpr auto Geu = [](auto a, auto b) { return Unordered(a, b) || a >= b; };

template <typename T, typename TWide>
void WideProduct(Lane& lane, const Instruction& i) { lane.Set(i.result, static_cast<TWide>(lane.Get<T>(i.operands[0])) * static_cast<TWide>(lane.Get<T>(i.operands[1]))); }

template <typename T>
void TestNotANumber(Lane& lane, const Instruction& i) { lane.Set<uint64_t>(i.result, std::isnan(lane.Get<T>(i.operands[0])) ? 1 : 0); }

using Table = std::unordered_map<std::string, Action>;

template <typename T>
void AddFloats(Table& table, const std::string& type) {
    table["add" + type] = Binary<T, Plus>;
    table["sub" + type] = Binary<T, Minus>;
    table["mul" + type] = Binary<T, Times>;
    table["div.rn" + type] = Binary<T, Over>;
    table["fma.rn" + type] = Ternary<T, FusedPlus>;
    table["sqrt.rn" + type] = Unary<T, Root>;
    table["rcp.rn" + type] = Unary<T, Reciprocal>;
    table["neg" + type] = Unary<T, Opposite>;
    table["abs" + type] = Unary<T, Magnitude>;
    table["min" + type] = Binary<T, LeastNumber>;
    table["max" + type] = Binary<T, MostNumber>;
    table["setp.eq" + type] = Compare<T, Eq>;
    table["setp.ne" + type] = Compare<T, OrderedNe>;
    table["setp.lt" + type] = Compare<T, Lt>;
    table["setp.le" + type] = Compare<T, Le>;
    table["setp.gt" + type] = Compare<T, Gt>;
    table["setp.ge" + type] = Compare<T, Ge>;
    table["setp.equ" + type] = Compare<T, Equ>;
    table["setp.neu" + type] = Compare<T, Ne>;
    table["setp.ltu" + type] = Compare<T, Ltu>;
    table["setp.leu" + type] = Compare<T, Leu>;
    table["setp.gtu" + type] = Compare<T, Gtu>;
    table["setp.geu" + type] = Compare<T, Geu>;
    table["testp.notanumber" + type] = TestNotANumber<T>;
    table["red.add" + type] = AtomicAdd<T, false>;
    table["red.add.shared" + type] = AtomicAdd<T, true>;
    table["cvt.rzi.s32" + type] = Truncate<T, int32_t>;
    table["cvt.rzi.s64" + type] = Truncate<T, int64_t>;
    table["cvt.rn" + type + ".s32"] = Convert<int32_t, T>;
    table["cvt.rn" + type + ".u32"] = Convert<uint32_t, T>;
    table["cvt.rn" + type + ".s64"] = Convert<int64_t, T>;
    table["cvt.rn" + type + ".u64"] = Convert<uint64_t, T>;
}

template <typename TSigned, typename TUnsigned>
void AddIntegers(Table& table, const std::string& bits) {
    for (const char* sign : {".s", ".u", ".b"}) {
        std::string type = sign + bits;
        table["add" + type] = Binary<TUnsigned, Plus>;
        table["sub" + type] = Binary<TUnsigned, Minus>;
        table["mul.lo" + type] = Binary<TUnsigned, Times>;
        table["mad.lo" + type] = Ternary<TUnsigned, PlusProduct>;
        table["setp.eq" + type] = Compare<TUnsigned, Eq>;
        table["setp.ne" + type] = Compare<TUnsigned, Ne>;
    }
    std::string b = ".b" + bits, s = ".s" + bits, u = ".u" + bits;
    table["div" + s] = Binary<TSigned, Quotient>;
    table["rem" + s] = Binary<TSigned, Remainder>;
    table["div" + u] = Binary<TUnsigned, Quotient>;
    table["rem" + u] = Binary<TUnsigned, Remainder>;
    table["min" + s] = Binary<TSigned, Least>;
    table["max" + s] = Binary<TSigned, Most>;
    table["min" + u] = Binary<TUnsigned, Least>;
    table["max" + u] = Binary<TUnsigned, Most>;
    table["abs" + s] = Unary<TSigned, Magnitude>;
    table["neg" + s] = Unary<TUnsigned, Negative>;
    table["and" + b] = Binary<TUnsigned, And>;
    table["or" + b] = Binary<TUnsigned, Or>;
    table["xor" + b] = Binary<TUnsigned, Xor>;
    table["not" + b] = Unary<TUnsigned, Not>;
    table["shl" + b] = Shift<TUnsigned, true>;
    table["shr" + s] = Shift<TSigned, false>;
    table["shr" + u] = Shift<TUnsigned, false>;
    table["setp.lt" + s] = Compare<TSigned, Lt>;
    table["setp.le" + s] = Compare<TSigned, Le>;
    table["setp.gt" + s] = Compare<TSigned, Gt>;
    table["setp.ge" + s] = Compare<TSigned, Ge>;
    table["setp.lo" + u] = Compare<TUnsigned, Lt>;
    table["setp.ls" + u] = Compare<TUnsigned, Le>;
    table["setp.hi" + u] = Compare<TUnsigned, Gt>;
    table["setp.hs" + u] = Compare<TUnsigned, Ge>;
}

template <typename T>
void AddMoves(Table& table, const std::string& type) {
    table["mov" + type] = Move<T>;
    table["selp" + type] = Select<T>;
    table["ld" + type] = Load<T, false>;
    table["ld.shared" + type] = Load<T, true>;
    table["ld.param" + type] = LoadParameter<T>;
    table["st" + type] = Store<T, false>;
    table["st.shared" + type] = Store<T, true>;
}

Table MakeTable() {
    Table table;
    AddFloats<double>(table, ".f64");
    AddFloats<float>(table, ".f32");
    AddIntegers<int64_t, uint64_t>(table, "64");
    AddIntegers<int32_t, uint32_t>(table, "32");
    for (const char* type : {".b64", ".u64", ".s64", ".f64"}) AddMoves<uint64_t>(table, type);
    for (const char* type : {".b32", ".u32", ".s32", ".f32"}) AddMoves<uint32_t>(table, type);
    table["ld.param.b8"] = table["ld.param.u8"] = LoadParameter<uint8_t>;
    table["mov.pred"] = Move<uint64_t>;
    table["and.pred"] = Binary<uint64_t, And>;
    table["or.pred"] = Binary<uint64_t, Or>;
    table["xor.pred"] = Binary<uint64_t, Xor>;
    table["not.pred"] = Unary<uint64_t, NotPredicate>;
    table["mul.wide.u32"] = WideProduct<uint32_t, uint64_t>;
    table["mul.wide.s32"] = WideProduct<int32_t, int64_t>;
    for (const char* to : {"s64", "u64"}) {
        table[std::string("cvt.") + to + ".s32"] = Convert<int32_t, int64_t>;
        table[std::string("cvt.") + to + ".u32"] = Convert<uint32_t, uint64_t>;
    }
    for (const char* to : {"s32", "u32"})
        for (const char* from : {".s64", ".u64"}) table[std::string("cvt.") + to + from] = Convert<uint64_t, uint32_t>;
    table["cvt.f64.f32"] = Convert<float, double>;
    table["cvt.rn.f32.f64"] = Convert<double, float>;
    table["bra"] = table["bra.uni"] = Jump;
    table["ret"] = Return;
    table["bar.sync"] = Barrier;
    table["shfl.sync.down.b32"] = Shuffle;
    table["nop"] = Nothing;
    return table;
}

template <typename T>
Action FusedOf(Action product, Action sum, Side side) {
    if (product != Action(Binary<T, Times>)) return nullptr;
    if (sum == Action(Binary<T, Plus>)) return Ternary<T, FusedPlus>;
    if (sum == Action(Binary<T, Minus>)) return side == Side::Left ? Action(Ternary<T, FusedMinus>) : Action(Ternary<T, MinusFused>);
    return nullptr;
}

}  // namespace

Action ActionOf(const std::string& opcode) {
    static const Table table = MakeTable();
    auto found = table.find(opcode);
    return found == table.end() ? nullptr : found->second;
}

Action Fused(Action product, Action sum, Side side) {
    Action fused = FusedOf<double>(product, sum, side);
    return fused != nullptr ? fused : FusedOf<float>(product, sum, side);
}

bool Branches(Action action) { return action == Action(Jump); }

bool Stores(Action action) {
    for (const char* opcode : {"st.b64", "st.b32", "st.shared.b64", "st.shared.b32", "red.add.f64", "red.add.f32", "red.add.shared.f64", "red.add.shared.f32"})
        if (action == ActionOf(opcode)) return true;
    return false;
}

}  // namespace ptx
