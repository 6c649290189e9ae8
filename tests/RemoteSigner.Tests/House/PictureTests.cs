using RemoteSigner.RollbackProtection;
using RemoteSigner.Sealing;
using RemoteSigner.Signing;
using RemoteSigner.Slashing;

namespace RemoteSigner.Tests.House;

/// <summary>
/// What the pictures in <c>docs/pictures</c> name is the code's own: a state, a reason or a step that is added, removed or
/// renamed fails here until the picture shows it. That each SVG is what its text makes is checked by
/// <c>docs/pictures/draw.py --check</c> (<c>tests/run.sh</c>).
/// </summary>
public sealed class PictureTests
{
    [Fact]
    public void The_picture_of_a_key_shows_every_state() => Assert.Equal(Names<KeyState>(), Boxes("key-states"));

    [Fact]
    public void The_picture_of_a_start_shows_every_decision() =>
        Assert.Equal(Cases<StartDecision>(), Boxes("start-states", nameof(StartDecision)));

    [Fact]
    public void The_picture_of_a_start_shows_every_reason_to_refuse() =>
        Assert.Equal(Names<RollbackReason>(), Boxes("start-states", nameof(RollbackReason)));

    [Fact]
    public void The_picture_of_who_holds_what_shows_every_way_to_open_the_vault() =>
        Assert.Equal(Names<VaultSlotType>(), Boxes("who-holds-what", nameof(VaultSlotType)));

    [Fact]
    public void The_picture_of_a_request_shows_every_outcome() =>
        Assert.Equal(Cases<SignOutcome>(), Boxes("request-path", nameof(SignOutcome)));

    [Fact]
    public void The_picture_of_a_request_names_types_of_the_code_in_the_order_of_the_map()
    {
        var stations = Lines("request-path").Where(name => !name.Contains('.', StringComparison.Ordinal)).ToArray();
        var types = HouseTests
            .Shipped.SelectMany(assembly => assembly.GetTypes())
            .Select(type => type.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.All(stations, station => Assert.Contains(station, types));

        // src/README.md has the same path in words: "Room/Type  what it asks".
        var map = File.ReadAllText(Path.Combine(HouseTests.Root(), "src/README.md"));
        var places = stations.Select(station => map.IndexOf($"/{station} ", StringComparison.Ordinal)).ToArray();
        Assert.All(places, place => Assert.NotEqual(-1, place));
        Assert.Equal(places.Order(), places);
    }

    private static IEnumerable<string> Names<T>()
        where T : struct, Enum => Enum.GetNames<T>().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Cases<T>() => typeof(T).GetNestedTypes().Select(type => type.Name).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Boxes(string picture, string? of = null) =>
        Lines(picture)
            .Where(name => of is null || name.StartsWith($"{of}.", StringComparison.Ordinal))
            .Select(name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
            .Order(StringComparer.Ordinal);

    // Each box is a line "box NAME KIND X Y W H | …".
    private static IEnumerable<string> Lines(string picture) =>
        File.ReadLines(Path.Combine(HouseTests.Root(), $"docs/pictures/{picture}.txt"))
            .Where(line => line.StartsWith("box ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1]);
}
