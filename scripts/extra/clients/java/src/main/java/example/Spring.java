package example;

import java.time.Instant;
import org.springframework.security.oauth2.client.endpoint.RestClientTokenExchangeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.TokenExchangeGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.util.LinkedMultiValueMap;

/**
 * Exchanges a token with Spring Security's token exchange client and its default registration,
 * which authenticates by Basic with an empty secret. Decodes the issued token with the decoder that
 * Spring builds from the issuer URL.
 */
public final class Spring {
  public static void main(String[] arguments) {
    String issuer = System.getenv("ISSUER");
    String subjectToken = System.getenv("SUBJECT_TOKEN");
    ClientRegistration registration =
        ClientRegistration.withRegistrationId("edgemint")
            .clientId("ci")
            .clientSecret("")
            .authorizationGrantType(AuthorizationGrantType.TOKEN_EXCHANGE)
            .tokenUri(issuer + "/token")
            .build();
    RestClientTokenExchangeTokenResponseClient client =
        new RestClientTokenExchangeTokenResponseClient();
    client.addParametersConverter(
        request -> {
          LinkedMultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
          parameters.add("resource", System.getenv("JWT_RESOURCE"));
          return parameters;
        });
    Jwt subject =
        Jwt.withTokenValue(subjectToken)
            .header("alg", "RS256")
            .claim("sub", "job")
            .expiresAt(Instant.now().plusSeconds(300))
            .build();
    String issued =
        client
            .getTokenResponse(new TokenExchangeGrantRequest(registration, subject, null))
            .getAccessToken()
            .getTokenValue();
    JwtDecoder decoder = JwtDecoders.fromIssuerLocation(issuer);
    Jwt decoded = decoder.decode(issued);
    if (!decoded.getAudience().contains(System.getenv("JWT_RESOURCE"))) {
      throw new IllegalStateException("another audience");
    }
    System.out.println("exchanged with the default registration and decoded the issued token");
  }
}
