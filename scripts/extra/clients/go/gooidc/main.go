// Finds the gateway with go-oidc and verifies issued tokens: with the algorithms of the metadata, and
// with keys and algorithm named by hand.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	ctx := context.Background()
	issuer := os.Getenv("ISSUER")
	provider, err := oidc.NewProvider(ctx, issuer)
	check("discovery", err)
	if provider.Endpoint().TokenURL != issuer+"/token" {
		check("discovery", fmt.Errorf("no token endpoint"))
	}
	for token, resource := range map[string]string{
		"ISSUED_TOKEN": os.Getenv("RESOURCE"),
		"ISSUED_JWT":   os.Getenv("JWT_RESOURCE"),
	} {
		raw := os.Getenv(token)
		verified, err := provider.Verifier(&oidc.Config{ClientID: resource}).Verify(ctx, raw)
		check("verify", err)
		var claims struct{ Scope string }
		check("claims", verified.Claims(&claims))
		if claims.Scope != "deploy:read" {
			check("claims", fmt.Errorf("another scope"))
		}
		if _, err := provider.Verifier(&oidc.Config{ClientID: "https://other.example.com"}).Verify(ctx, raw); err == nil {
			check("verify", fmt.Errorf("accepted a token for another API"))
		}
	}
	keys := oidc.NewRemoteKeySet(ctx, issuer+"/jwks.json")
	config := &oidc.Config{ClientID: os.Getenv("JWT_RESOURCE")}
	_, err = oidc.NewVerifier(issuer, keys, config).Verify(ctx, os.Getenv("ISSUED_JWT"))
	check("verify without discovery", err)
	fmt.Println("discovered the gateway and verified tokens of ES256 and RS256")
}

func check(step string, err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, step+":", err)
		os.Exit(1)
	}
}
