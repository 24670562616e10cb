/** The lines of each helper's help that say which token it gets. */
export const TOKEN_USAGE = `  --url URL           the gateway; EDGEMINT_URL by default
  --resource URI      the API the token is for; EDGEMINT_RESOURCE by default
  --scope SCOPE       a scope to ask for; may be repeated; all of the rule by default
  --rule NAME         let only this rule decide
  --lifetime SECONDS  ask for a shorter life
  --audience URI      the audience of the platform's own token; the gateway by default
  --source NAME       where that token comes from; found by itself by default
  --token-file FILE   a file that holds it`
