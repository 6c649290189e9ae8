namespace RemoteSigner.Host.Http;

/// <summary>An endpoint, the listeners it answers on, and what answers.</summary>
internal sealed record ApiRoute(string Verb, string Path, ListenerAttribute Door, Func<IServiceProvider, RequestDelegate> Find)
{
    /// <summary>For an endpoint of one of our services.</summary>
    public static ApiRoute Of<T>(string verb, string path, ListenerAttribute door, Func<T, RequestDelegate> find)
        where T : notnull => new(verb, path, door, services => find(services.GetRequiredService<T>()));
}
