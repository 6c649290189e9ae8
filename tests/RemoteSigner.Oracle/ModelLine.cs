namespace RemoteSigner.Oracle;

/// <summary>What an interchange file says of one key.</summary>
public sealed record ModelLine(int Key, IReadOnlyList<ModelDuty> Told);
