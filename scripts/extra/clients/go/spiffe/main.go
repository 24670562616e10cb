// Fetches the bundle of the gateway's trust domain as a foreign SPIFFE trust domain does, and
// validates JWT-SVIDs with it. Access tokens of the gateway must not pass for JWT-SVIDs.
package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/federation"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
)

func main() {
	domain := spiffeid.RequireTrustDomainFromString(os.Getenv("TRUST_DOMAIN"))
	bundle := fetch(domain)
	hint, ok := bundle.RefreshHint()
	expect(ok && hint == 5*time.Minute, "the bundle has no refresh hint of five minutes")
	_, ok = bundle.SequenceNumber()
	expect(ok, "the bundle has no sequence number")
	// go-spiffe accepts no bundle for JWT-SVIDs without keys.
	expect(!bundle.JWTBundle().Empty(), "the bundle has no key for JWT-SVIDs")

	audience := os.Getenv("SVID_AUDIENCE")
	token := os.Getenv("SVID")
	svid, err := jwtsvid.ParseAndValidate(token, bundle, []string{audience})
	check(err)
	expect(svid.ID.MemberOf(domain), "the SPIFFE ID is in another trust domain")

	refuses(bundle, token, "spiffe://example.org/other", "audience")
	refuses(bundle, tamper(token), audience, "")
	refuses(bundle, os.Getenv("ISSUED_TOKEN"), os.Getenv("RESOURCE"), "type")
	refuses(bundle, os.Getenv("ISSUED_JWT"), os.Getenv("JWT_RESOURCE"), "subject")
	other := spiffebundle.New(domain)
	refuses(other, token, audience, "no JWT authority")
	fmt.Printf("validated %s with the fetched bundle, and refused access tokens\n", svid.ID)
}

// fetch uses the profile https_web: the certificate of the endpoint is checked with Web PKI.
func fetch(domain spiffeid.TrustDomain) *spiffebundle.Bundle {
	certificate, err := os.ReadFile(os.Getenv("NODE_EXTRA_CA_CERTS"))
	check(err)
	roots := x509.NewCertPool()
	expect(roots.AppendCertsFromPEM(certificate), "the certificate of the test authority is unreadable")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	url := os.Getenv("ISSUER") + "/spiffe/bundle"
	bundle, err := federation.FetchBundle(ctx, domain, url, federation.WithWebPKIRoots(roots))
	check(err)
	return bundle
}

// refuses ends the program if the token is accepted, or refused for another reason.
func refuses(bundle *spiffebundle.Bundle, token, audience, reason string) {
	_, err := jwtsvid.ParseAndValidate(token, bundle, []string{audience})
	expect(err != nil, "accepted a token for "+audience)
	expect(strings.Contains(err.Error(), reason), "refused for another reason: "+err.Error())
}

// tamper changes the subject of the token and keeps its signature.
func tamper(token string) string {
	parts := strings.Split(token, ".")
	expect(len(parts) == 3, "no compact token")
	parts[1] = parts[1][:8] + "A" + parts[1][9:]
	return strings.Join(parts, ".")
}

func expect(holds bool, message string) {
	if !holds {
		fmt.Fprintln(os.Stderr, message)
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
