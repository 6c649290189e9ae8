namespace RemoteSigner.Oracle;

/// <summary>All targets and epochs of blocks lie before <paramref name="Fence"/>, no source is past <paramref name="Source"/>.</summary>
public readonly record struct ModelBounds(long Fence, long Source);
