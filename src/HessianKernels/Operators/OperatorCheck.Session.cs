using System.Numerics;
using System.Runtime.InteropServices;
using HessianKernels.Kernels;
using HessianKernels.Spaces;

namespace HessianKernels.Operators;

public static unsafe partial class OperatorCheck
{
    /// <summary>What one pair of vectors showed of one batch item; judged when all probes have said how large A is.</summary>
    private readonly record struct Observation(
        int Probe, int Item, double NormX, double NormY, double XAy, double AxY, double LinearDefect, double RepeatDefect, int Repeats);

    private sealed class Session<T>(ILinearOperator<Span<T>> op, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly int _n = op.Length;
        private readonly T[] _x = New(op), _y = New(op), _z = New(op), _ax = New(op), _ay = New(op), _az = New(op), _before = New(op);
        private readonly double[] _size = new double[op.Batch];
        private readonly List<Observation> _observations = [];
        private readonly List<OperatorFinding> _findings = [];
        private int _products;

        public OperatorReport Run(int probes, ulong seed)
        {
            int probe = 0;
            // An operator that spoils its input or its output, or gives NaN, is beyond measuring.
            for (; probe < probes && _findings.Count == 0; probe++) Probe(probe, seed);
            (double symmetry, double linearity) = Judge();
            return new(_findings, _products, probe, tolerance, symmetry, linearity);
        }

        private void Probe(int probe, ulong seed)
        {
            Fill(_x, seed, 2 * (ulong)probe);
            Fill(_y, seed, (2 * (ulong)probe) + 1);
            if (!Apply(probe, _x, _ax, first: true) || !Apply(probe, _y, _ay, first: false)) return;
            for (int i = 0; i < _z.Length; i++) _z[i] = T.CreateTruncating(Combine(_x[i], _y[i]));
            if (!Apply(probe, _z, _az, first: false)) return;
            Observe(probe);
            // The same input a second time; what the product of z was good for is known.
            if (!Apply(probe, _x, _az, first: false)) return;
            for (int b = 0; b < op.Batch; b++) Repeat(b);
        }

        private void Observe(int probe)
        {
            for (int b = 0; b < op.Batch; b++)
            {
                double square = 0;
                for (int i = b * _n; i < (b + 1) * _n; i++)
                {
                    double difference = double.CreateTruncating(_az[i]) - Combine(_ax[i], _ay[i]);
                    square += difference * difference;
                }

                _observations.Add(new(
                    probe, b, NormOf(_x, b), NormOf(_y, b), Product(_x, _ay, b), Product(_ax, _y, b), Math.Sqrt(square), 0, 0));
                Largest(b, NormOf(_ax, b) / NormOf(_x, b));
                Largest(b, NormOf(_ay, b) / NormOf(_y, b));
            }
        }

        private void Repeat(int item)
        {
            int changed = 0;
            double most = 0;
            for (int i = item * _n; i < (item + 1) * _n; i++)
            {
                if (SameBits(_ax[i], _az[i])) continue;
                changed++;
                most = Math.Max(most, Math.Abs(double.CreateTruncating(_ax[i]) - double.CreateTruncating(_az[i])));
            }

            int last = _observations.Count - op.Batch + item;
            _observations[last] = _observations[last] with { RepeatDefect = most, Repeats = changed };
        }

        /// <summary>One product, and what can be said of it alone.</summary>
        private bool Apply(int probe, T[] input, T[] output, bool first)
        {
            // The first product is written over NaN, the others over zero.
            T marker = Marker();
            output.AsSpan().Fill(first ? marker : T.Zero);
            input.CopyTo(_before, 0);
            op.Apply(input, output);
            _products++;
            int known = _findings.Count;
            for (int b = 0; b < op.Batch; b++) Inspect(probe, b, input, output, marker);
            return _findings.Count == known;
        }

        private void Inspect(int probe, int item, T[] input, T[] output, T marker)
        {
            int changed = 0, unwritten = 0, infinite = 0, where = 0, hole = 0, pole = 0;
            for (int i = (item + 1) * _n - 1; i >= item * _n; i--)
            {
                if (!SameBits(input[i], _before[i])) (changed, where) = (changed + 1, i);
                if (SameBits(output[i], marker)) (unwritten, hole) = (unwritten + 1, i);
                else if (!T.IsFinite(output[i])) (infinite, pole) = (infinite + 1, i);
            }

            int origin = item * _n;
            if (changed > 0)
            {
                Report(OperatorFault.ChangesInput, changed, $"changes its input: {changed} of {_n} elements, " +
                    $"the first at {where - origin} from {Show(_before[where])} to {Show(input[where])}");
            }

            if (unwritten > 0)
            {
                Report(OperatorFault.LeavesOutputUnwritten, unwritten, $"leaves {unwritten} of {_n} elements of its output unwritten, or adds to " +
                    $"what they held; the first at {hole - origin}");
            }

            if (infinite > 0)
            {
                Report(OperatorFault.NotFinite, infinite, $"gives {infinite} of {_n} elements that are not finite for a finite input; the first, " +
                    $"at {pole - origin}, is {Show(output[pole])}");
            }

            void Report(OperatorFault fault, int elements, string message)
                => _findings.Add(new(fault, probe, item, elements, 0, $"{Subject(item)} {message} (probe {probe})."));
        }

        private (double Symmetry, double Linearity) Judge()
        {
            double worstSymmetry = 0, worstLinearity = 0;
            for (int b = 0; b < op.Batch; b++)
            {
                OperatorFinding? symmetry = null, linearity = null, repeat = null;
                foreach (Observation seen in _observations)
                {
                    if (seen.Item != b) continue;
                    double norms = _size[b] * seen.NormX * seen.NormY, difference = Math.Abs(seen.XAy - seen.AxY);
                    double defect = Relative(difference, norms);
                    worstSymmetry = Math.Max(worstSymmetry, defect);
                    Keep(ref symmetry, OperatorFault.NotSymmetric, defect, tolerance, seen, $"is not symmetric: <x, A y> = {seen.XAy:G17}, " +
                        $"<A x, y> = {seen.AxY:G17}, {defect:G3} apart relative to ||A|| ||x|| ||y|| = {norms:G3}");

                    defect = Relative(seen.LinearDefect, _size[b] * (Math.Abs(A) * seen.NormX + Math.Abs(B) * seen.NormY));
                    worstLinearity = Math.Max(worstLinearity, defect);
                    Keep(ref linearity, OperatorFault.NotLinear, defect, tolerance, seen, $"is not linear: A ({A} x + {B} y) and {A} A x + {B} A y are " +
                        $"{seen.LinearDefect:G3} apart, {defect:G3} relative to ||A|| (|a| ||x|| + |b| ||y||)");

                    if (seen.Repeats == 0) continue;
                    defect = Relative(seen.RepeatDefect, _size[b] * seen.NormX);
                    Keep(ref repeat, OperatorFault.NotDeterministic, defect, 0, seen, $"is not deterministic: the same input gave {seen.Repeats} of " +
                        $"{_n} elements with other bits, up to {seen.RepeatDefect:G3} apart", always: true);
                }

                foreach (OperatorFinding? found in (ReadOnlySpan<OperatorFinding?>)[symmetry, linearity, repeat])
                    if (found is not null) _findings.Add(found);
            }

            return (worstSymmetry, worstLinearity);
        }

        private void Keep(
            ref OperatorFinding? worst, OperatorFault fault, double defect, double allowed, Observation seen, string message, bool always = false)
        {
            if ((defect > allowed || always) && !(defect <= worst?.Defect))
                worst = new(fault, seen.Probe, seen.Item, defect, allowed, $"{Subject(seen.Item)} {message}; {allowed:G3} is allowed (probe {seen.Probe}).");
        }

        private string Subject(int item) => op.Batch == 1 ? "The operator" : $"Item {item} of the operator";

        // An operator that is zero on every probe has no defect but a zero one.
        private static double Relative(double defect, double size) => defect == 0 ? 0 : defect / size;

        private void Largest(int item, double ratio) => _size[item] = Math.Max(_size[item], ratio);

        private static double Combine(T x, T y) => (A * double.CreateTruncating(x)) + (B * double.CreateTruncating(y));

        private static T[] New(ILinearOperator<Span<T>> op) => new T[op.Batch * op.Length];

        private void Fill(T[] vectors, ulong seed, ulong stream)
        {
            // Every item another vector: one that reads its neighbour's input is found out.
            for (int b = 0; b < op.Batch; b++)
                fixed (T* x = vectors.AsSpan(b * _n, _n)) RandomVector.Normal(seed, stream + ((ulong)b << 32), x, _n, 1);
        }

        private double NormOf(T[] vectors, int item)
        {
            fixed (T* x = vectors.AsSpan(item * _n, _n)) return Norm.Of(x, _n);
        }

        private double Product(T[] x, T[] y, int item)
        {
            fixed (T* px = x.AsSpan(item * _n, _n), py = y.AsSpan(item * _n, _n)) return Dot.Of(px, py, _n);
        }

        private static string Show(T element) => element.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

        private static bool SameBits(T a, T b)
            => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in a)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in b)));

        /// <summary>A NaN that no arithmetic makes of numbers; a sum that it enters keeps its payload.</summary>
        private static T Marker()
            => typeof(T) == typeof(double)
                ? (T)(object)BitConverter.UInt64BitsToDouble(0x7FF8_0000_DEAD_BEEF)
                : (T)(object)BitConverter.UInt32BitsToSingle(0x7FC0_BEEF);
    }
}
