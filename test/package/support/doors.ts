/** The exports of each entry point of the package. */

const CLIENT = [
  'ExchangeError',
  'createProofKey',
  'createTokenSource',
  'detect',
  'exchange',
  'findPlatform',
  'fromAws',
  'fromCommand',
  'fromFile',
  'fromVariable',
  'fromVercelRequest',
  'listSources',
  'openSource',
  'revoke',
]

/** A change here affects users and belongs in the changelog. */
export const DOORS: Readonly<Record<string, readonly string[]>> = {
  edgemint: CLIENT,
  'edgemint/client': CLIENT,
  'edgemint/verify': ['VerificationError', 'createVerifier', 'describeResource'],
  'edgemint/verify/connect': ['requireToken', 'serveMetadata', 'tokenOf'],
  'edgemint/verify/fastify': ['guardRoutes', 'requireToken', 'serveMetadata', 'tokenOf'],
  'edgemint/verify/fetch': ['withToken'],
  'edgemint/verify/hono': ['requireToken'],
  'edgemint/gateway': ['createEdgeGateway'],
  'edgemint/rules': [
    'compileTrust',
    'describeEffects',
    'diffTrust',
    'evaluate',
    'explain',
    'findProvider',
    'findReference',
    'isBlocking',
    'lint',
    'listProviders',
    'suggest',
  ],
  'edgemint/dev': ['MiniflareMissing', 'startDevIssuer', 'startGateway'],
}
