#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "ptx.h"

namespace ptx {
namespace {

std::string Trimmed(const std::string& text) {
    size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool Begins(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

// Parts between commas that stand in no bracket.
std::vector<std::string> Parts(const std::string& text) {
    std::vector<std::string> parts;
    std::string part;
    int depth = 0;
    for (char c : text) {
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        if (c != ',' || depth != 0) {
            part += c;
            continue;
        }
        parts.push_back(Trimmed(part));
        part.clear();
    }
    if (!Trimmed(part).empty()) parts.push_back(Trimmed(part));
    return parts;
}

uint32_t Aligned(uint32_t at, uint32_t alignment) { return (at + alignment - 1) / alignment * alignment; }

class FunctionParser {
public:
    FunctionParser(std::string name, std::string dynamic) : dynamic_(std::move(dynamic)) { function_.name = std::move(name); }

    // .param .align 8 .b8 name[16]   or   .param .b32 name
    void AddParameter(const std::string& line) {
        std::istringstream words(line);
        std::string word, name;
        uint32_t alignment = 0, bytes = 0;
        words >> word >> word;
        if (word == ".align") {
            words >> alignment >> word >> name;
            bytes = static_cast<uint32_t>(std::stoul(name.substr(name.find('[') + 1)));
            name = name.substr(0, name.find('['));
        } else {
            words >> name;
            bytes = alignment = static_cast<uint32_t>(std::stoul(word.substr(2))) / 8;
            name = name.substr(0, name.find_first_of(",)"));
        }
        uint32_t offset = function_.parameters.empty() ? 0 : function_.parameters.back().offset + function_.parameters.back().bytes;
        function_.parameters.push_back({name, bytes, Aligned(offset, alignment)});
    }

    // .shared .align 8 .b8 name[2048];
    void AddShared(const std::string& line) {
        std::istringstream words(line);
        std::string word, name;
        uint32_t alignment = 0;
        words >> word >> word >> alignment >> word >> name;
        uint32_t at = Aligned(function_.sharedBytes, alignment);
        shared_[name.substr(0, name.find('['))] = SharedStart + at;
        function_.sharedBytes = at + static_cast<uint32_t>(std::stoul(name.substr(name.find('[') + 1)));
    }

    void AddLabel(const std::string& line) { labels_[line.substr(0, line.size() - 1)] = function_.code.size(); }

    void AddInstruction(std::string line) {
        Instruction i;
        i.text = line;
        if (line.back() == ';') line.pop_back();
        if (line[0] == '@') {
            size_t space = line.find_first_of(" \t");
            bool negated = line[1] == '!';
            i.guard = negated ? -1 : 1;
            i.guardRegister = Register(line.substr(negated ? 2 : 1, space - (negated ? 2 : 1)));
            line = Trimmed(line.substr(space));
        }
        size_t space = line.find_first_of(" \t");
        std::string opcode = line.substr(0, space);
        std::vector<std::string> operands = Parts(space == std::string::npos ? "" : line.substr(space));
        size_t vector = opcode.find(".v");
        if (vector != std::string::npos) {
            i.elements = static_cast<uint8_t>(opcode[vector + 2] - '0');
            opcode.erase(vector, 3);
        }
        i.action = ActionOf(opcode);
        if (i.action == nullptr) throw InvalidPtx("opcode " + opcode + " of " + function_.name + " is not known here");
        if (Branches(i.action)) {
            jumps_.emplace_back(function_.code.size(), operands.empty() ? "" : operands[0]);
        } else if (Begins(opcode, "ld.param")) {
            i.result = Register(operands[0]);
            i.operands[0].value = ParameterOf(operands[1], i.offset);
        } else if (Begins(opcode, "ld.")) {
            std::vector<std::string> results = i.elements == 1 ? std::vector{operands[0]} : Parts(operands[0].substr(1, operands[0].size() - 2));
            for (size_t k = 0; k < results.size(); k++) i.results[k] = Register(results[k]);
            i.result = i.results[0];
            i.operands[0] = Address(operands[1], i.offset);
        } else if (Stores(i.action)) {
            std::vector<std::string> values = i.elements == 1 ? std::vector{operands[1]} : Parts(operands[1].substr(1, operands[1].size() - 2));
            i.operands[0] = Address(operands[0], i.offset);
            for (size_t k = 0; k < values.size(); k++) i.operands[k + 1] = Value(values[k]);
        } else if (!operands.empty() && !Begins(opcode, "bar.")) {
            i.result = Register(operands[0]);
            for (size_t k = 1; k < operands.size(); k++) i.operands[k - 1] = Value(operands[k]);
        }
        function_.code.push_back(i);
    }

    Function Finish(bool fuse) {
        for (auto& [at, label] : jumps_) {
            auto found = labels_.find(label);
            if (found == labels_.end()) throw InvalidPtx("label " + label + " of " + function_.name + " is nowhere");
            function_.code[at].target = found->second;
        }
        function_.registers = static_cast<uint32_t>(registers_.size());
        for (Instruction& i : function_.code)
            for (Operand& operand : i.operands)
                if (operand.kind == Operand::Kind::Constant && operand.value == Dynamic) operand.value = DynamicStart(function_);
        if (fuse) Fuse();
        return function_;
    }

private:
    // Known once all arrays are.
    static constexpr uint64_t Dynamic = ~0ull - 77;

    uint32_t Register(const std::string& name) { return registers_.emplace(name, static_cast<uint32_t>(registers_.size())).first->second; }

    Operand Value(const std::string& text) {
        static const std::unordered_map<std::string, Special> specials = {
            {"%tid.x", Special::ThreadX},    {"%tid.y", Special::ThreadY},    {"%tid.z", Special::ThreadZ},    {"%ntid.x", Special::ThreadsX},
            {"%ntid.y", Special::ThreadsY},  {"%ntid.z", Special::ThreadsZ},  {"%ctaid.x", Special::GroupX},   {"%ctaid.y", Special::GroupY},
            {"%ctaid.z", Special::GroupZ},   {"%nctaid.x", Special::GroupsX}, {"%nctaid.y", Special::GroupsY}, {"%nctaid.z", Special::GroupsZ},
            {"%laneid", Special::LaneOfWarp}, {"%dynamic_smem_size", Special::DynamicBytes},
        };
        if (text[0] == '%') {
            auto special = specials.find(text);
            return special != specials.end() ? Operand{Operand::Kind::Special, static_cast<uint64_t>(special->second)} : Operand{Operand::Kind::Register, Register(text)};
        }
        if (text == dynamic_) return {Operand::Kind::Constant, Dynamic};
        if (auto array = shared_.find(text); array != shared_.end()) return {Operand::Kind::Constant, array->second};
        if (Begins(text, "0d") || Begins(text, "0f")) return {Operand::Kind::Constant, std::stoull(text.substr(2), nullptr, 16)};
        if (text[0] == '-') return {Operand::Kind::Constant, static_cast<uint64_t>(std::stoll(text, nullptr, 0))};
        if (std::isdigit(static_cast<unsigned char>(text[0]))) return {Operand::Kind::Constant, std::stoull(text, nullptr, 0)};
        throw InvalidPtx("operand " + text + " of " + function_.name + " is not known here");
    }

    // The base of [base+8], and the offset.
    static std::string Base(const std::string& text, int64_t& offset) {
        std::string inner = text.substr(1, text.size() - 2);
        size_t plus = inner.find('+');
        if (plus != std::string::npos) offset = std::stoll(inner.substr(plus + 1));
        return inner.substr(0, plus);
    }

    Operand Address(const std::string& text, int64_t& offset) { return Value(Base(text, offset)); }

    uint64_t ParameterOf(const std::string& text, int64_t& offset) {
        std::string name = Base(text, offset);
        auto found = std::find_if(function_.parameters.begin(), function_.parameters.end(), [&](const Parameter& p) { return p.name == name; });
        if (found == function_.parameters.end()) throw InvalidPtx("parameter " + name + " of " + function_.name + " is nowhere");
        return static_cast<uint64_t>(found - function_.parameters.begin());
    }

    void Fuse() {
        std::vector<int> uses(function_.registers), results(function_.registers);
        std::vector<bool> begins(function_.code.size() + 1);
        for (const Instruction& i : function_.code) {
            if (i.guard != 0) uses[i.guardRegister]++;
            for (const Operand& operand : i.operands)
                if (operand.kind == Operand::Kind::Register) uses[operand.value]++;
            if (Branches(i.action)) begins[i.target] = true;
            else if (!Stores(i.action)) results[i.result]++;
            for (size_t k = 1; k < i.elements; k++) results[i.results[k]]++;
        }
        std::unordered_map<uint32_t, size_t> products;
        for (size_t at = 0; at < function_.code.size(); at++) {
            if (begins[at]) products.clear();
            Instruction& sum = function_.code[at];
            for (Side side : {Side::Left, Side::Right}) {
                const Operand& taken = sum.operands[side == Side::Left ? 0 : 1];
                auto found = taken.kind == Operand::Kind::Register ? products.find(static_cast<uint32_t>(taken.value)) : products.end();
                if (found == products.end() || uses[taken.value] != 1 || results[taken.value] != 1) continue;
                Instruction& product = function_.code[found->second];
                Action fused = Fused(product.action, sum.action, side);
                if (fused == nullptr) continue;
                sum.operands = {product.operands[0], product.operands[1], sum.operands[side == Side::Left ? 1 : 0]};
                sum.action = fused;
                product.action = ActionOf("nop");
                break;
            }
            if (sum.action == ActionOf("mul.f64") || sum.action == ActionOf("mul.f32")) products[sum.result] = at;
        }
    }

    Function function_;
    std::string dynamic_;
    std::unordered_map<std::string, uint32_t> registers_;
    std::unordered_map<std::string, uint64_t> shared_;
    std::unordered_map<std::string, size_t> labels_;
    std::vector<std::pair<size_t, std::string>> jumps_;
};

}  // namespace

std::map<std::string, Function> Parse(const std::string& text, bool fuse) {
    std::map<std::string, Function> functions;
    std::istringstream lines(text);
    std::string line, dynamic;
    std::vector<FunctionParser> open;
    bool body = false;
    while (std::getline(lines, line)) {
        line = Trimmed(line.substr(0, line.find("//")));
        if (line.empty() || Begins(line, ".version") || Begins(line, ".target") || Begins(line, ".address_size") || Begins(line, ".reg") || line == ")") continue;
        size_t entry = line.find(".entry");
        if (Begins(line, ".extern .shared")) {
            size_t name = line.find("__");
            dynamic = line.substr(name, line.find('[') - name);
        } else if (entry != std::string::npos) {
            std::string name = Trimmed(line.substr(entry + 6));
            open.assign(1, FunctionParser(name.substr(0, name.find('(')), dynamic));
        } else if (open.empty()) {
            throw InvalidPtx("found outside a function: " + line);
        } else if (line == "{") {
            body = true;
        } else if (line == "}") {
            Function function = open[0].Finish(fuse);
            functions[function.name] = function;
            open.clear();
            body = false;
        } else if (Begins(line, ".param")) {
            open[0].AddParameter(line);
        } else if (Begins(line, ".shared")) {
            open[0].AddShared(line);
        } else if (!body) {
            throw InvalidPtx("found before a function's body: " + line);
        } else if (line.back() == ':') {
            open[0].AddLabel(line);
        } else {
            open[0].AddInstruction(line);
        }
    }
    return functions;
}

}  // namespace ptx
