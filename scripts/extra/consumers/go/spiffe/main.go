// Validates JWT-SVIDs with go-spiffe, as a service of the trust domain does. The arguments are the
// trust domain, the file of its key set, the audience of the service, and tokens. Prints the SPIFFE
// ID or the error of each token.
package main

import (
	"fmt"
	"os"

	"github.com/spiffe/go-spiffe/v2/bundle/jwtbundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
)

func main() {
	keySet, err := os.ReadFile(os.Args[2])
	check(err)
	bundle, err := jwtbundle.Parse(spiffeid.RequireTrustDomainFromString(os.Args[1]), keySet)
	check(err)
	for _, token := range os.Args[4:] {
		svid, err := jwtsvid.ParseAndValidate(token, bundle, []string{os.Args[3]})
		if err != nil {
			fmt.Printf("refused: %v\n", err)
			continue
		}
		fmt.Printf("accepted: %s\n", svid.ID)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
