namespace RemoteSigner.Clusters.Charon;

/// <summary>The words that checks share.</summary>
public static class CheckText
{
    internal const string Restore = "take the file from another operator of the cluster and compare; never go on with this one";

    /// <summary>Operators and validators as people count them, from 1, with the position that the file has.</summary>
    internal static string Operator(int position) => $"operator {position + 1} (operators[{position}])";

    internal static string Validator(int position) => $"validator {position + 1} (distributed_validators[{position}])";
}
