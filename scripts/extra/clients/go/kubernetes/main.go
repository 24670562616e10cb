// Serves the issuer endpoints of a Kubernetes API server: the go-restful router, with the media
// types that the API server declares for discovery and keys. Prints its URL and a token, and serves
// until its input ends.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/emicklei/go-restful/v3"
)

const keyID = "cluster-key"

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	issuer := "http://" + listener.Addr().String()

	discovery := new(restful.WebService)
	discovery.Path("/.well-known/openid-configuration")
	discovery.Route(discovery.GET("").Produces(restful.MIME_JSON).To(document(map[string]any{
		"issuer":                                issuer,
		"jwks_uri":                              issuer + "/openid/v1/jwks",
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"ES256"},
	}, "application/json")))
	keys := new(restful.WebService)
	keys.Path("/openid/v1/jwks")
	keys.Route(keys.GET("").Produces("application/jwk-set+json").To(document(map[string]any{
		"keys": []map[string]string{publicKey(key)},
	}, "application/jwk-set+json")))
	container := restful.NewContainer()
	container.Add(discovery)
	container.Add(keys)
	go func() { check(http.Serve(listener, container)) }()

	fmt.Println(issuer)
	fmt.Println(sign(key, issuer))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func document(body any, mediaType string) restful.RouteFunction {
	return func(_ *restful.Request, response *restful.Response) {
		encoded, err := json.Marshal(body)
		check(err)
		response.Header().Set("Content-Type", mediaType)
		_, _ = response.Write(encoded)
	}
}

func publicKey(key *ecdsa.PrivateKey) map[string]string {
	point, err := key.PublicKey.Bytes()
	check(err)
	return map[string]string{
		"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": keyID,
		"x": encode(point[1:33]), "y": encode(point[33:65]),
	}
}

func sign(key *ecdsa.PrivateKey, issuer string) string {
	now := time.Now().Unix()
	header := encodeJSON(map[string]any{"alg": "ES256", "kid": keyID})
	claims := encodeJSON(map[string]any{
		"iss": issuer, "sub": "system:serviceaccount:payments:deployer",
		"aud": []string{os.Getenv("AUDIENCE")},
		"iat": now, "nbf": now, "exp": now + 3600, "jti": "3c0a5c0e-7f0a-4f59-9d6f-2f4c6f0a7b11",
		"kubernetes.io": map[string]any{
			"namespace":      "payments",
			"serviceaccount": map[string]string{"name": "deployer", "uid": "8d4c1c2e-0f3b-4a58-9b55-6f2a8c9e1d10"},
		},
	})
	digest := sha256.Sum256([]byte(header + "." + claims))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	check(err)
	signature := make([]byte, 2*crypto.SHA256.Size())
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return header + "." + claims + "." + encode(signature)
}

func encode(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }

func encodeJSON(value any) string {
	encoded, err := json.Marshal(value)
	check(err)
	return encode(encoded)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
