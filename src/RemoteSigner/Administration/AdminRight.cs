namespace RemoteSigner.Administration;

/// <summary>What a client must have been granted in signer.json for an act. Whoever may write the data directory needs none.</summary>
public enum AdminRight
{
    /// <summary>No client has it.</summary>
    LocalOnly,

    /// <summary><c>manageKeys</c>.</summary>
    ManageKeys,

    /// <summary>SSV's endpoint that brings shares in.</summary>
    SsvImport,

    /// <summary>SSV's endpoint that takes shares out.</summary>
    SsvDelete,
}
