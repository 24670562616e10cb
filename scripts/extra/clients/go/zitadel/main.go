// Exchanges a token with the token exchanger of zitadel/oidc. It always sends an empty actor_token
// and actor_token_type. Then gets a token with a key of its own (jwt-bearer).
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/zitadel/oidc/v3/pkg/client/profile"
	"github.com/zitadel/oidc/v3/pkg/client/tokenexchange"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

func main() {
	ctx := context.Background()
	for _, byClientID := range []bool{false, true} {
		exchanger, err := newExchanger(ctx, byClientID)
		if err != nil {
			fail("discovery", err)
		}
		subject := os.Getenv("SUBJECT_TOKEN")
		if byClientID {
			subject = os.Getenv("SUBJECT_TOKEN_2")
		}
		answer, err := tokenexchange.ExchangeToken(
			ctx, exchanger, subject, oidc.JWTTokenType, "", "",
			[]string{os.Getenv("RESOURCE")}, nil, []string{"deploy:read"}, oidc.AccessTokenType,
		)
		if err != nil {
			fail("exchange", err)
		}
		if answer.AccessToken == "" || answer.TokenType != "Bearer" {
			fail("answer", fmt.Errorf("no bearer token"))
		}
	}
	// Gateways such as agentgateway send this type for every JWT.
	gateway, err := newExchanger(ctx, true)
	if err != nil {
		fail("discovery", err)
	}
	exchange := func(subject string) error {
		_, err := tokenexchange.ExchangeToken(
			ctx, gateway, os.Getenv(subject), oidc.AccessTokenType, "", "",
			[]string{os.Getenv("RESOURCE")}, nil, nil, oidc.AccessTokenType,
		)
		return err
	}
	if err := exchange("SINGLE_TOKEN"); err != nil {
		fail("access_token", err)
	}
	if err := exchange("SUBJECT_TOKEN_3"); err == nil {
		fail("access_token", fmt.Errorf("accepted although the issuer entry does not accept it"))
	}
	source, err := profile.NewJWTProfileTokenSource(
		ctx, os.Getenv("ISSUER"), os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_KID"),
		[]byte(os.Getenv("CLIENT_KEY")), []string{"deploy:read"},
	)
	if err != nil {
		fail("profile", err)
	}
	if _, err := source.TokenCtx(ctx); err != nil {
		fail("jwt-bearer", err)
	}
	fmt.Println("exchanged without a client and with a client id that has no secret, as access_token, and with its own key")
}

func newExchanger(ctx context.Context, byClientID bool) (tokenexchange.TokenExchanger, error) {
	if byClientID {
		return tokenexchange.NewTokenExchangerClientCredentials(ctx, os.Getenv("ISSUER"), "ci", "")
	}
	return tokenexchange.NewTokenExchanger(ctx, os.Getenv("ISSUER"))
}

func fail(step string, err error) {
	fmt.Fprintln(os.Stderr, step+":", err)
	os.Exit(1)
}
