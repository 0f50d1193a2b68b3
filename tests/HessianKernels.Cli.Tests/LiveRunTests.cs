using HessianKernels.Cli.Output;
using HessianKernels.Krylov;
using Spectre.Console;
using Xunit;

namespace HessianKernels.Cli.Tests;

public sealed class LiveRunTests
{
    [Fact]
    public async Task TheBarTellsHowFarTheWorkIs()
    {
        StringWriter screen = new();
        IAnsiConsole console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes,
        });
        console.Profile.Width = 120;
        ProgressBoard board = new();
        TaskCompletionSource work = new();
        Task bar = Task.Run(() => LiveRun.ShowBar(work.Task, board, console));
        board.Report(new LanczosProgress(0, 1, 120, 3, 4, 2.5e-5));
        await Task.Delay(400);
        work.SetResult();
        await bar;
        Assert.Contains("120 products, 3 of 4 pairs, residual 2.5E-005", screen.ToString());
        Assert.Contains("75%", screen.ToString());
    }

    [Fact]
    public void WhatTheWorkThrowsIsNotWrapped()
        => Assert.Throws<BadInputException>(() => LiveRun.Run<int>(ProgressMode.Always, _ => throw new BadInputException("no")));
}
