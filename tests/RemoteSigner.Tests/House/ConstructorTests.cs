using System.Reflection;

namespace RemoteSigner.Tests.House;

/// <summary>
/// A class that needs eight others does two things, or is told what it could ask for. Records are values, and faults carry what was found:
/// they have as many members as there is to say.
/// </summary>
public sealed class ConstructorTests
{
    private const int MaxParameters = 7;

    [Fact]
    public void Nothing_that_works_is_made_of_more_than_seven_parts() =>
        Assert.Equal(
            [],
            HouseTests
                .Shipped.SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.IsClass && !IsRecord(type) && !type.IsSubclassOf(typeof(Exception)))
                .SelectMany(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                .Where(constructor => constructor.GetParameters().Length > MaxParameters)
                .Select(constructor => $"{constructor.DeclaringType}: {constructor.GetParameters().Length}")
        );

    // The compiler gives every record a copy method of a name that cannot be written.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;
}
