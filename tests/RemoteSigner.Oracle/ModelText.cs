namespace RemoteSigner.Oracle;

/// <summary>A ledger in lines of text, whoever keeps it: equal lines, equal ledgers.</summary>
public static class ModelText
{
    public static string Head((long Slot, long Epoch)? high, ModelBounds? lowWatermark) =>
        $"high watermark {Show(high)}, low watermark under all keys {Show(lowWatermark)}";

    public static string Key(int key, string state, bool isGroup) => $"key {key}: {state}{(isGroup ? ", a group" : "")}";

    public static string History(IEnumerable<int> keys, long? slot, (long Source, long Target)? vote) =>
        $"history of {string.Join(", ", keys)}: low watermarks {Show(slot)}, {Show(vote)}";

    public static string Record(ModelDuty duty, bool own) =>
        (duty.IsBlock ? $"  block {duty.Target:d6}" : $"  vote {duty.Target:d6} from {duty.Source:d6}")
        + $" root {Show(duty.Root)}{(own ? "" : ", told")}";

    private static string Show<T>(T? value)
        where T : struct => value?.ToString() ?? "none";
}
