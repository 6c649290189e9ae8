using RemoteSigner.Renaming;

// rename FROM TO: FROM is the output folder of the unit tests, TO is made anew.
if (args is not [var from, var to])
{
    Console.Error.WriteLine("rename: error: two folders are wanted");
    Console.Error.WriteLine("rename: hint: rename tests/RemoteSigner.Tests/bin/Release/net10.0 artifacts/renamed");
    return 2;
}

if (Directory.Exists(to))
{
    Directory.Delete(to, recursive: true);
}

foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
{
    var copy = Path.Combine(to, Path.GetRelativePath(from, file));
    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
    File.Copy(file, copy);
}

using var copies = RenamedAssemblies.Open(to);
var (types, members) = copies.Rename();
copies.Write();
Console.WriteLine($"renamed {types} types and {members} enum members");
return types > 0 && members > 0 ? 0 : 1;
