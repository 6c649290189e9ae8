import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Teku's way to a signer: the JDK's client over HTTP/1.1 with a context for TLS 1.2, a key store and a trust store, kept running. A line in: method, path, accept, base64 of the body, between tabs.
 * A line out: status, content type, base64 of the body; status 0 where there was no answer.
 */
class TekuConnection {
  public static void main(String[] arguments) throws Exception {
    char[] password = arguments[2].toCharArray();
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(KeyStore.getInstance(new File(arguments[1]), password), password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(new File(arguments[3]), password));
    SSLContext context = SSLContext.getInstance("TLSv1.2");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).build();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(ask(client, arguments[0], line.split("\t", -1)));
    }
  }

  private static String ask(HttpClient client, String url, String[] parts) {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + parts[1])).timeout(Duration.ofSeconds(5));
      if (!parts[2].isEmpty()) {
        request.header("Accept", parts[2]);
      }
      if (parts[3].isEmpty()) {
        request.method(parts[0], HttpRequest.BodyPublishers.noBody());
      } else {
        request.header("Content-Type", "application/json").method(parts[0], HttpRequest.BodyPublishers.ofByteArray(Base64.getDecoder().decode(parts[3])));
      }
      HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() + "\t" + answer.headers().firstValue("Content-Type").orElse("") + "\t" + Base64.getEncoder().encodeToString(answer.body());
    } catch (Exception fault) {
      return "0\t\t" + Base64.getEncoder().encodeToString(String.valueOf(fault).getBytes(StandardCharsets.UTF_8));
    }
  }
}
