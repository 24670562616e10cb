package example;

import java.time.Instant;
import java.util.List;
import org.springframework.security.oauth2.client.endpoint.JwtBearerGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientJwtBearerTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientTokenExchangeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.TokenExchangeGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Gets tokens with the clients of Spring Security and decodes them. The default registration
 * authenticates by Basic with an empty secret. The lines are those of docs/clients.md.
 */
public final class Spring {
  private static final String ISSUER = System.getenv("ISSUER");
  private static final String RESOURCE = System.getenv("RESOURCE");
  private static final String JWT_RESOURCE = System.getenv("JWT_RESOURCE");

  public static void main(String[] arguments) {
    RestClientTokenExchangeTokenResponseClient exchange =
        new RestClientTokenExchangeTokenResponseClient();
    ClientRegistration registration = register("ci", AuthorizationGrantType.TOKEN_EXCHANGE);

    // Without a converter, Spring names no target: it works if the rules grant one resource.
    decode(exchange.getTokenResponse(request(registration, "SINGLE_TOKEN")), RESOURCE);
    String refusal = "";
    try {
      exchange.getTokenResponse(request(registration, "SUBJECT_TOKEN"));
    } catch (OAuth2AuthorizationException refused) {
      refusal = refused.getError().getErrorCode();
    }
    expect(refusal.equals("invalid_target"), "several resources without a target: " + refusal);

    exchange.addParametersConverter(grant -> target(JWT_RESOURCE));
    String issued = exchange.getTokenResponse(request(registration, "SUBJECT_TOKEN_2"))
        .getAccessToken().getTokenValue();
    JwtDecoder decoder = JwtDecoders.fromIssuerLocation(ISSUER);
    expect(decoder.decode(issued).getAudience().contains(JWT_RESOURCE), "another audience");

    RestClientJwtBearerTokenResponseClient bearer = new RestClientJwtBearerTokenResponseClient();
    bearer.addParametersConverter(grant -> target(RESOURCE));
    ClientRegistration assertion = register("ci", AuthorizationGrantType.JWT_BEARER);
    JwtBearerGrantRequest grant = new JwtBearerGrantRequest(assertion, platformToken("SUBJECT_TOKEN_3"));
    decode(bearer.getTokenResponse(grant), RESOURCE);

    RestClientClientCredentialsTokenResponseClient credentials =
        new RestClientClientCredentialsTokenResponseClient();
    credentials.addParametersConverter(
        unused -> {
          MultiValueMap<String, String> parameters = target(RESOURCE);
          parameters.add("client_assertion", System.getenv("SUBJECT_TOKEN_4"));
          parameters.add(
              "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
          return parameters;
        });
    ClientRegistration workload =
        ClientRegistration.withClientRegistration(
                register("deploy", AuthorizationGrantType.CLIENT_CREDENTIALS))
            .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
            .build();
    decode(
        credentials.getTokenResponse(new OAuth2ClientCredentialsGrantRequest(workload)), RESOURCE);
    System.out.println("got tokens with three grant types, with and without a target, and decoded them");
  }

  private static ClientRegistration register(String clientId, AuthorizationGrantType grant) {
    return ClientRegistration.withRegistrationId("edgemint")
        .clientId(clientId)
        .clientSecret("")
        .authorizationGrantType(grant)
        .tokenUri(ISSUER + "/token")
        .build();
  }

  private static MultiValueMap<String, String> target(String resource) {
    MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
    parameters.add("resource", resource);
    return parameters;
  }

  private static TokenExchangeGrantRequest request(ClientRegistration registration, String name) {
    return new TokenExchangeGrantRequest(registration, platformToken(name), null);
  }

  private static Jwt platformToken(String name) {
    return Jwt.withTokenValue(System.getenv(name))
        .header("alg", "RS256")
        .claim("sub", "job")
        .expiresAt(Instant.now().plusSeconds(300))
        .build();
  }

  /** Decodes a token with {@code typ: at+jwt}. */
  private static void decode(OAuth2AccessTokenResponse response, String audience) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withIssuerLocation(ISSUER).validateType(false).build();
    decoder.setJwtValidator(
        JwtValidators.createDefaultWithValidators(
            new JwtIssuerValidator(ISSUER),
            new JwtTypeValidator("at+jwt"),
            new JwtClaimValidator<List<String>>("aud", aud -> aud != null && aud.contains(audience))));
    decoder.decode(response.getAccessToken().getTokenValue());
  }

  private static void expect(boolean holds, String message) {
    if (!holds) throw new IllegalStateException(message);
  }
}
