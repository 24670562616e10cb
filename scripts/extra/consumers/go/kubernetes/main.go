// Authenticates tokens as an API server of Kubernetes does: with its own packages that read and
// validate an AuthenticationConfiguration, and its JWT authenticator. The first argument is the file
// of the configuration, and each further one a token. Prints the user or the error of each token.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	authenticationcel "k8s.io/apiserver/pkg/authentication/cel"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
)

type authority string

func (pem authority) CurrentCABundleContent() []byte { return []byte(pem) }

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	scheme := runtime.NewScheme()
	install.Install(scheme)
	codecs := serializer.NewCodecFactory(scheme, serializer.EnableStrict)
	decoded, err := runtime.Decode(codecs.UniversalDecoder(), text)
	check(err)
	configuration := decoded.(*apiserver.AuthenticationConfiguration)
	compiler := authenticationcel.NewDefaultCompiler()
	check(validation.ValidateAuthenticationConfiguration(compiler, configuration, nil).ToAggregate())

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	jwt := configuration.JWT[0]
	authenticator, err := oidc.New(ctx, oidc.Options{
		JWTAuthenticator:     jwt,
		CAContentProvider:    authority(jwt.Issuer.CertificateAuthority),
		Compiler:             compiler,
		SupportedSigningAlgs: oidc.AllValidSigningAlgorithms(),
	})
	check(err)
	for authenticator.HealthCheck() != nil {
		select {
		case <-ctx.Done():
			check(authenticator.HealthCheck())
		case <-time.After(100 * time.Millisecond):
		}
	}
	for _, token := range os.Args[2:] {
		response, ok, err := authenticator.AuthenticateToken(ctx, token)
		switch {
		case err != nil:
			fmt.Printf("refused: %v\n", err)
		case !ok:
			fmt.Println("refused: no authenticator is for this token")
		default:
			fmt.Printf("accepted: %s %v\n", response.User.GetName(), response.User.GetGroups())
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
