using HessianKernels.Reproduction;
using HessianKernels.Storage;
using Xunit;

namespace HessianKernels.Reproduction.Tests;

public sealed class TableTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hk-table-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void NumbersComeBackBitForBit()
    {
        double[] values = [0.1, 1.0 / 3, -1e-300, double.MaxValue, double.NaN, double.PositiveInfinity, -0.0];
        TableFile read = TableFile.OfCsv(Table.Of("t", ("a", values), ("b", [1, 2, 3, 4, 5, 6, 7])).ToCsv());
        Assert.Equal(["a", "b"], read.Names);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read.Column("a")!.Select(BitConverter.DoubleToInt64Bits));
        Assert.Null(read.Column("c"));
    }

    [Fact]
    public void WordsStandInFrontAndInQuotesWhereTheyMust()
    {
        Table table = Table.Stack("name", ("plain", Table.Of("t", ("x", [1.5]))), ("a, \"b\"", Table.Of("t", ("x", [2.5]))));
        Assert.Equal("name,x\nplain,1.5\n\"a, \"\"b\"\"\",2.5\n", table.ToCsv());
        Assert.Equal([1.5, 2.5], TableFile.OfCsv(table.ToCsv()).Column("x")!);
        Assert.All(TableFile.OfCsv(table.ToCsv()).Column("name")!, cell => Assert.True(double.IsNaN(cell)));
    }

    [Fact]
    public void LineEndsOfEverySystemAndEmptyCellsAreRead()
    {
        TableFile read = TableFile.OfCsv("x,y\r\n1, 2\r\n\r\n3,\r\n");
        Assert.Equal([1, 3], read.Column("x")!);
        Assert.Equal([2, double.NaN], read.Column("y")!);
    }

    [Fact]
    public void BadTablesAreRefusedByLine()
    {
        Assert.Contains("Line 3 has 1 cells; expected 2", Assert.Throws<FormatException>(() => TableFile.OfCsv("x,y\n1,2\n3\n")).Message);
        Assert.Contains("empty", Assert.Throws<FormatException>(() => TableFile.OfCsv("\n")).Message);
        Assert.Contains("quote", Assert.Throws<FormatException>(() => TableFile.OfCsv("x\n\"1\n")).Message);
        Assert.Contains(".csv or .npz", Assert.Throws<FormatException>(() => TableFile.Read("table.txt")).Message);
        Assert.Contains("Column b has 1 numbers; expected 2",
            Assert.Throws<ArgumentException>(() => Table.Of("t", ("a", [1, 2]), ("b", [1]))).Message);
    }

    [Fact]
    public void VectorsOfAnArchiveAreColumns()
    {
        string path = Path.Combine(_folder.FullName, "t.npz");
        using (NpzWriter writer = NpzWriter.Create(path))
        {
            writer.Write<double>("loss", [3.0, 2, 1], [3]);
            writer.Write<double>("matrix", [0.0, 0, 0], [1, 3]);
            writer.Complete();
        }

        TableFile read = TableFile.Read(path);
        Assert.Equal(["loss"], read.Names);
        Assert.Equal([3, 2, 1], read.Column("loss")!);
    }

    [Fact]
    public void NoPartIsNoTable()
    {
        Assert.Empty(Table.StackAny("run"));
        Table rows = Table.Of("rows", ("x", [1.0, 2]));
        Assert.Equal(Table.Stack("run", ("a", rows)).ToCsv(), Assert.Single(Table.StackAny("run", ("a", rows))).ToCsv());
    }
}
