using System.Reflection;
using Xunit;
using Xunit.Sdk;

// Runs every Fact and Theory of this assembly, one after another; the last line is "N failed, M passed".
int passed = 0, failed = 0;
foreach (Type type in Assembly.GetExecutingAssembly().GetExportedTypes().Where(type => type is { IsAbstract: false, IsClass: true }))
    foreach (MethodInfo method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
    {
        if (method.GetCustomAttribute<FactAttribute>() is not { } fact) continue;
        IEnumerable<object?[]> cases = fact is TheoryAttribute ? method.GetCustomAttributes<DataAttribute>().SelectMany(data => Data(data, type, method)) : [[]];
        foreach (object?[] arguments in cases)
        {
            try
            {
                object test = Activator.CreateInstance(type)!;
                method.Invoke(test, arguments);
                (test as IDisposable)?.Dispose();
                passed++;
            }
            catch (TargetInvocationException e)
            {
                failed++;
                Console.WriteLine($"FAILED {type.Name}.{method.Name}({string.Join(", ", arguments)}): {e.InnerException}");
            }
        }
    }

Console.WriteLine($"{failed} failed, {passed} passed");
return failed == 0 && passed > 0 ? 0 : 1;

// A member that a generic base class declares is found through the class that is run.
static IEnumerable<object?[]> Data(DataAttribute data, Type type, MethodInfo method)
{
    if (data is not MemberDataAttribute member) return data.GetData(method);
    PropertyInfo property = type.GetProperty(member.MemberName, BindingFlags.Public | BindingFlags.Static | BindingFlags.FlattenHierarchy)!;
    return (IEnumerable<object?[]>)property.GetValue(null)!;
}
