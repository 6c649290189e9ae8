namespace RemoteSigner.Tests.House;

/// <summary>
/// Which room knows which, read from the IL and held against <c>rooms.txt</c>: a new line there is a decision. A room is a namespace under
/// <c>RemoteSigner</c>; below <c>Host</c> each has its own, elsewhere those within a room (such as <c>Clusters.Charon</c>) are of that
/// room.
/// </summary>
public sealed class RoomTests
{
    private const int MaxFiles = 25;

    private static readonly Lazy<SortedDictionary<string, SortedSet<string>>> _rooms = new(Read);

    [Fact]
    public void Rooms_know_each_other_as_the_table_says()
    {
        var table = _rooms.Value.Select(room => $"{room.Key}: {string.Join(", ", room.Value)}".TrimEnd());
        Assert.Equal(File.ReadAllLines(Path.Combine(HouseTests.Root(), "tests/RemoteSigner.Tests/House/rooms.txt")), table);
    }

    [Fact]
    public void No_two_rooms_know_each_other_even_through_others()
    {
        var left = _rooms.Value.ToDictionary(room => room.Key, room => room.Value.ToHashSet());
        while (left.FirstOrDefault(room => room.Value.Count == 0) is { Key: { } free })
        {
            _ = left.Remove(free);
            foreach (var known in left.Values)
            {
                _ = known.Remove(free);
            }
        }

        Assert.True(
            left.Count == 0,
            $"a cycle: {string.Join("; ", left.Select(room => $"{room.Key} knows {string.Join(", ", room.Value)}"))}"
        );
    }

    /// <summary>Whoever parses what others send sees no secret and no ledger; the ledger and the law see no key.</summary>
    [Fact]
    public void The_rooms_behind_a_wall_know_what_it_lets_through()
    {
        Assert.Equal(["Native", "Spec"], _rooms.Value["Clusters"]);
        Assert.Equal(["Ledgers", "Spec"], _rooms.Value["Slashing"]);
        Assert.Equal(["Native"], _rooms.Value["Spec"]);
        Assert.All((string[])["Ledgers", "Native", "Tpm2"], room => Assert.Empty(_rooms.Value[room]));
    }

    [Fact]
    public void No_folder_has_more_files_than_a_person_looks_through() =>
        Assert.DoesNotContain(
            HouseTests.Sources("src", "*.cs").CountBy(path => Path.GetRelativePath(HouseTests.Root(), Path.GetDirectoryName(path)!)),
            folder => folder.Value > MaxFiles
        );

    private static SortedDictionary<string, SortedSet<string>> Read()
    {
        var rooms = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (user, used) in HouseTests.Shipped.SelectMany(CompiledCode.TypesUsed))
        {
            if (RoomOf(user) is { } from)
            {
                var known = rooms.TryGetValue(from, out var found) ? found : rooms[from] = new SortedSet<string>(StringComparer.Ordinal);
                if (RoomOf(used) is { } to && to != from)
                {
                    _ = known.Add(to);
                }
            }
        }

        return rooms;
    }

    private static string? RoomOf(Type type) =>
        type.Namespace?.Split('.') switch
        {
            ["RemoteSigner", "Host", var room, ..] => $"Host.{room}",
            ["RemoteSigner", var room, ..] => room,
            _ => null,
        };
}
