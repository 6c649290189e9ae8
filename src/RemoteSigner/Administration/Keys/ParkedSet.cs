using RemoteSigner.Spec;

namespace RemoteSigner.Administration.Keys;

/// <summary>Shares that signed together until another set took their place.</summary>
/// <param name="Cluster">The document that they are members of; null: none.</param>
/// <param name="Since">When they were parked.</param>
/// <param name="Until">When they are given up by themselves; null: when a person says so.</param>
/// <param name="Successor">The document of those that took their place; null: none.</param>
public sealed record ParkedSet(Root? Cluster, DateTimeOffset Since, DateTimeOffset? Until, Root? Successor);
