using RemoteSigner.Host.Running;

namespace RemoteSigner.Tests.Http;

public sealed class SigningPlacesTests
{
    [Fact]
    public void No_client_takes_the_places_of_others_and_what_is_given_back_is_free()
    {
        var places = new SigningPlaces(most: 100, forProposals: 20);

        Assert.True(places.TryTake("one", 50, isProposal: false));
        Assert.False(places.TryTake("one", 1, isProposal: false));
        Assert.True(places.TryTake("one", 10, isProposal: true));
        Assert.False(places.TryTake("one", 1, isProposal: true));
        Assert.True(places.TryTake("other", 40, isProposal: false));
        Assert.False(places.TryTake("third", 1, isProposal: false));
        Assert.True(places.TryTake("third", 20, isProposal: true));
        Assert.False(places.TryTake("fourth", 1, isProposal: true));
        places.GiveBack("one", 60);
        Assert.True(places.TryTake("third", 30, isProposal: false));
        Assert.False(places.TryTake("other", 11, isProposal: false));
    }
}
