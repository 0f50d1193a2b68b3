using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace HessianKernels.Cli.Commands;

/// <summary>Options whose errors say what was found and what was expected.</summary>
internal static class Options
{
    /// <summary>A number with a default, shown in the help.</summary>
    public static Option<T> Number<T>(string name, string helpName, string description, T byDefault, params string[] aliases)
        where T : struct, INumber<T>
        => new(name, aliases) { Description = description, HelpName = helpName, DefaultValueFactory = _ => byDefault, CustomParser = result => Parse<T>(name, result) };

    /// <summary>A number that may be left out.</summary>
    public static Option<T?> Number<T>(string name, string helpName, string description)
        where T : struct, INumber<T>
        => new(name) { Description = description, HelpName = helpName, CustomParser = result => Parse<T>(name, result) };

    /// <summary>One of some names, the first by default.</summary>
    public static Option<string> Choice(string name, string helpName, string description, params IReadOnlyList<string> names)
    {
        Option<string> option = new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => names[0] };
        option.CompletionSources.Add([.. names]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var found }] && !names.Contains(found))
                result.AddError($"{name}: found '{found}'; expected {string.Join(", ", names.SkipLast(1))} or {names[^1]}");
        });
        return option;
    }

    private static T Parse<T>(string name, ArgumentResult result)
        where T : struct, INumber<T>
    {
        string found = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
        NumberStyles style = typeof(T) == typeof(double) ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (T.TryParse(found, style, CultureInfo.InvariantCulture, out T value)) return value;
        string expected = typeof(T) == typeof(double) ? "a number"
            : typeof(T) == typeof(int) ? $"a whole number of at most {int.MaxValue}"
            : typeof(T) == typeof(long) ? $"a whole number of at most {long.MaxValue}" : $"a whole number, 0 to {ulong.MaxValue}";
        result.AddError($"{name}: found '{found}'; expected {expected}");
        return default;
    }
}
