package example;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.token.TypelessAccessToken;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import java.net.URI;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * Uses every grant type of the gateway with the Nimbus OAuth SDK. Verifies each token with
 * DefaultJWTProcessor, introspects one and revokes it.
 */
public final class Nimbus {
  private static final String ISSUER = System.getenv("ISSUER");
  private static final String RESOURCE = System.getenv("RESOURCE");
  private static final Scope SCOPE = new Scope("deploy:read");

  public static void main(String[] arguments) throws Exception {
    AuthorizationServerMetadata metadata = AuthorizationServerMetadata.resolve(new Issuer(ISSUER));
    URI endpoint = metadata.getTokenEndpointURI();
    ClientID any = new ClientID("ci");
    AuthorizationGrant exchange =
        new TokenExchangeGrant(
            new TypelessAccessToken(System.getenv("SUBJECT_TOKEN")), TokenTypeURI.JWT);
    AuthorizationGrant bearer =
        new JWTBearerGrant(SignedJWT.parse(System.getenv("SUBJECT_TOKEN_2")));
    // The rules of this workload grant one resource, so the request needs no target.
    AuthorizationGrant single =
        new JWTBearerGrant(SignedJWT.parse(System.getenv("SINGLE_TOKEN")));
    List<URI> target = List.of(URI.create(RESOURCE));
    ClientAuthentication own =
        new PrivateKeyJWT(
            new ClientID(System.getenv("CLIENT_ID")),
            URI.create(ISSUER),
            JWSAlgorithm.RS256,
            readKey(),
            System.getenv("CLIENT_KID"),
            null);
    List<AccessToken> issued = new ArrayList<>();
    issued.add(send(new TokenRequest(endpoint, any, exchange, SCOPE, target, null, null)));
    issued.add(send(new TokenRequest(endpoint, any, bearer, SCOPE, target, null, null)));
    issued.add(send(new TokenRequest(endpoint, any, single, SCOPE)));
    issued.add(
        send(
            new TokenRequest(endpoint, own, new ClientCredentialsGrant(), SCOPE, target, null)));
    for (AccessToken token : issued) verify(metadata, token);

    AccessToken first = issued.get(0);
    expect(isActive(metadata, first), "an issued token is not active");
    int status =
        new TokenRevocationRequest(metadata.getRevocationEndpointURI(), any, first)
            .toHTTPRequest()
            .send()
            .getStatusCode();
    expect(status == 200, "the revocation was refused");
    expect(!isActive(metadata, first), "a revoked token is active");
    System.out.println("used four ways to a token, verified each, introspected and revoked one");
  }

  private static AccessToken send(TokenRequest request) throws Exception {
    TokenResponse response = TokenResponse.parse(request.toHTTPRequest().send());
    if (!response.indicatesSuccess()) {
      throw new IllegalStateException(response.toErrorResponse().toJSONObject().toString());
    }
    return response.toSuccessResponse().getTokens().getAccessToken();
  }

  private static void verify(AuthorizationServerMetadata metadata, AccessToken token)
      throws Exception {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256),
            JWKSourceBuilder.create(metadata.getJWKSetURI().toURL()).build()));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            RESOURCE,
            new JWTClaimsSet.Builder().issuer(ISSUER).build(),
            Set.of("sub", "exp", "iat", "jti", "client_id")));
    processor.process(token.getValue(), null);
  }

  private static boolean isActive(AuthorizationServerMetadata metadata, AccessToken token)
      throws Exception {
    return TokenIntrospectionResponse.parse(
            new TokenIntrospectionRequest(metadata.getIntrospectionEndpointURI(), token)
                .toHTTPRequest()
                .send())
        .toSuccessResponse()
        .isActive();
  }

  private static PrivateKey readKey() throws Exception {
    String encoded = System.getenv("CLIENT_KEY").replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(encoded)));
  }

  private static void expect(boolean holds, String message) {
    if (!holds) throw new IllegalStateException(message);
  }
}
