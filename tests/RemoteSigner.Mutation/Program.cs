using System.Diagnostics;
using System.Globalization;
using RemoteSigner.Mutation;

// mutate [--list] [PART OF A PATH[:LINE] …]: every fault in every file of law.txt, or in those whose path has one of these words in it, or
// in that line of it; --list only lists them. Ends with 0 when no file is below the least score and every survivor is explained.
const int MinScore = 85;

var root = Directory.GetCurrentDirectory();
var own = Path.Combine(root, "tests", "RemoteSigner.Mutation");
var words = args.Where(word => word != "--list").Select(word => word.Split(':')).ToList();
var law = LawFile
    .Read(Path.Combine(own, "law.txt"))
    .Where(file => words.Count == 0 || words.Exists(word => file.Path.Contains(word[0], StringComparison.Ordinal)));
bool IsMeant(LawFile file, Mutant mutant) =>
    words.Count == 0
    || words.Exists(word =>
        file.Path.Contains(word[0], StringComparison.Ordinal)
        && (word.Length == 1 || word[1] == mutant.Line.ToString(CultureInfo.InvariantCulture))
    );
using var bench = new MutationBench(root, Explained.Read(Path.Combine(own, "survivors.md")));
if (args.Contains("--list"))
{
    foreach (var (file, mutant) in law.SelectMany(file => bench.MutantsOf(file).Select(mutant => (file, mutant))))
    {
        if (IsMeant(file, mutant))
        {
            Console.WriteLine($"{file.Path}:{mutant.Line}: {mutant.Name}");
        }
    }

    return 0;
}

var watch = Stopwatch.StartNew();
var scores = new List<FileScore>();
foreach (var file in law)
{
    scores.Add(bench.Score(file, mutant => IsMeant(file, mutant)));
    Console.WriteLine(scores[^1]);
}

var total = new FileScore("the law", scores.Sum(one => one.Faults), scores.Sum(one => one.Explained), scores.Sum(one => one.Unexplained));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} ({watch.Elapsed.TotalMinutes:F0} min)"));
return total.Unexplained == 0 && scores.TrueForAll(score => score.Percent >= MinScore) ? 0 : 1;
