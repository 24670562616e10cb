// Uses every grant type of the gateway with golang.org/x/oauth2: clientcredentials with the platform's
// token, jwt with a key of its own, and google/externalaccount.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/google/externalaccount"
	"golang.org/x/oauth2/jwt"
)

func main() {
	ctx := context.Background()
	issuer, resource := os.Getenv("ISSUER"), os.Getenv("RESOURCE")
	token := issuer + "/token"

	credentials := func(subject string, style oauth2.AuthStyle) oauth2.TokenSource {
		return (&clientcredentials.Config{
			ClientID:  "deploy",
			TokenURL:  token,
			Scopes:    []string{"deploy:read"},
			AuthStyle: style,
			EndpointParams: url.Values{
				"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
				"client_assertion":      {os.Getenv(subject)},
				"resource":              {resource},
			},
		}).TokenSource(ctx)
	}
	expect("clientcredentials", credentials("SUBJECT_TOKEN", oauth2.AuthStyleInParams), resource)

	// The audience of its assertion is the issuer. The package takes the token endpoint by default.
	owner := &jwt.Config{
		Email:        os.Getenv("CLIENT_ID"),
		PrivateKey:   []byte(os.Getenv("CLIENT_KEY")),
		PrivateKeyID: os.Getenv("CLIENT_KID"),
		TokenURL:     token,
		Audience:     issuer,
		Scopes:       []string{"deploy:read"},
		Subject:      os.Getenv("CLIENT_ID"),
	}
	expect("jwt", owner.TokenSource(ctx), resource)

	for subject, audience := range map[string]string{
		"SUBJECT_TOKEN_3": os.Getenv("GOOGLE_RESOURCE"),
		"SUBJECT_TOKEN_4": os.Getenv("GOOGLE_NAME"),
	} {
		source, err := externalaccount.NewTokenSource(ctx, externalaccount.Config{
			Audience:             audience,
			SubjectTokenType:     "urn:ietf:params:oauth:token-type:jwt",
			TokenURL:             token,
			SubjectTokenSupplier: supplier(subject),
			Scopes:               []string{"deploy:read"},
		})
		check("externalaccount", err)
		expect("externalaccount", source, os.Getenv("GOOGLE_RESOURCE"))
	}

	// With an unknown style the package tries Basic first. This is two methods in one request, so it
	// is refused, and the package tries again with the client id in the form.
	expect("clientcredentials, style found out", credentials("SUBJECT_TOKEN_2", oauth2.AuthStyleAutoDetect), resource)
	fmt.Println("got tokens with clientcredentials, jwt and externalaccount")
}

type supplier string

func (name supplier) SubjectToken(context.Context, externalaccount.SupplierOptions) (string, error) {
	return os.Getenv(string(name)), nil
}

func expect(step string, source oauth2.TokenSource, audience string) {
	issued, err := source.Token()
	check(step, err)
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(issued.AccessToken, ".")[1])
	check(step, err)
	var claims struct{ Aud, Scope string }
	check(step, json.Unmarshal(payload, &claims))
	if claims.Aud != audience || claims.Scope != "deploy:read" || !issued.Valid() {
		check(step, fmt.Errorf("unexpected token: %+v", claims))
	}
}

func check(step string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, step+":", err)
		os.Exit(1)
	}
}
