using RemoteSigner.Oracle;

namespace RemoteSigner.Tests.Slashing.Differential;

/// <summary>A data directory, what the model has on its disk, and the signer that runs there, if any.</summary>
internal sealed class Place(string folder, IModelLedger empty)
{
    public string Folder { get; } = Directory.CreateDirectory(folder).FullName;

    public string File => Path.Combine(Folder, "ledger.sqlite");

    public bool Exists => System.IO.File.Exists(File);

    public IModelLedger Model { get; set; } = empty;

    public Life? Life { get; set; }

    /// <summary>Puts a copy of another directory here, as it is on its disk now.</summary>
    public void Take(string folder, IModelLedger model)
    {
        foreach (var old in Directory.EnumerateFiles(Folder, "ledger.sqlite*"))
        {
            System.IO.File.Delete(old);
        }

        foreach (var file in Directory.EnumerateFiles(folder, "ledger.sqlite*"))
        {
            System.IO.File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }

        Model = model;
    }
}
