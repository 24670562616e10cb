package example;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.oauth2.IdentityPoolCredentials;
import com.google.auth.oauth2.IdentityPoolSubjectTokenSupplier;
import com.nimbusds.jwt.SignedJWT;
import java.io.FileInputStream;
import java.util.List;

/**
 * Exchanges a token with the identity pool credentials of google-auth. Without scopes, the library
 * requests the scope of Google Cloud. It accepts only https, and {@code client} trusts the test authority.
 */
public final class GoogleAuth {
  public static void main(String[] arguments) throws Exception {
    String resource = System.getenv("GOOGLE_RESOURCE");
    exchange("SUBJECT_TOKEN", resource, List.of(), resource);
    exchange("SUBJECT_TOKEN_2", System.getenv("GOOGLE_NAME"), List.of(), resource);
    String other = System.getenv("RESOURCE");
    exchange("SUBJECT_TOKEN_3", other, List.of("deploy:read"), other);
    String refusal = "";
    try {
      exchange("SUBJECT_TOKEN_4", other, List.of(), other);
    } catch (Exception refused) {
      refusal = refused.toString();
    }
    if (!refusal.contains("invalid_scope")) {
      throw new IllegalStateException("its scope was not refused: " + refusal);
    }
    System.out.println("exchanged with its own scope, with a name of Google, and with scopes");
  }

  private static void exchange(String name, String audience, List<String> scopes, String resource)
      throws Exception {
    NetHttpTransport client =
        new NetHttpTransport.Builder()
            .trustCertificatesFromStream(
                new FileInputStream(System.getenv("NODE_EXTRA_CA_CERTS")))
            .build();
    IdentityPoolSubjectTokenSupplier supplier = context -> System.getenv(name);
    IdentityPoolCredentials credentials =
        IdentityPoolCredentials.newBuilder()
            .setAudience(audience)
            .setSubjectTokenType("urn:ietf:params:oauth:token-type:jwt")
            .setTokenUrl(System.getenv("ISSUER") + "/token")
            .setSubjectTokenSupplier(supplier)
            .setScopes(scopes)
            .setHttpTransportFactory(() -> client)
            .build();
    String issued = credentials.refreshAccessToken().getTokenValue();
    if (!SignedJWT.parse(issued).getJWTClaimsSet().getAudience().contains(resource)) {
      throw new IllegalStateException("another resource");
    }
  }
}
