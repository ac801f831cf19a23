// The catalogue: a JSON file served with the app, which whoever hosts it may edit. Its parser, and the
// figures of a model that are not in it but follow from it.

import type { CatalogueModel } from '../contract/weights.ts';
import { fail } from '../failure.ts';
import { Field, parseJson } from '../format/json-field.ts';
import { parseSource } from './store/model-record.ts';

/** Fails with 'network', 'missing-file', 'web-page' or 'bad-manifest'. */
export async function fetchCatalogue(url: string): Promise<CatalogueModel[]> {
  const response = await fetch(url, { cache: 'no-cache', credentials: 'omit' }).catch((cause: unknown) =>
    fail('network', 'The catalogue could not be fetched.', cause),
  );
  if (response.status === 404) fail('missing-file', `There is no catalogue at ${url}.`);
  if (!response.ok) fail('network', `The catalogue was answered with ${response.status}.`);
  if (response.headers.get('content-type')?.startsWith('text/html') === true) {
    fail('web-page', 'The catalogue was answered with a web page.');
  }
  return parseCatalogue(parseJson(await response.text(), url, 'bad-manifest'), url);
}

/** Addresses of packages count from the catalogue's own. Fails with 'bad-manifest', naming the field. */
export function parseCatalogue(json: unknown, url: string): CatalogueModel[] {
  const models = new Field(json, 'catalogue: ', 'bad-manifest').at('models').list((field) => {
    const count = (name: string, least = 0): number => field.at(name).integer(least);
    const source = parseSource(field.at('source'));
    return {
      id: field.at('id').string(),
      name: field.at('name').string(),
      source: source.kind === 'package' ? { ...source, url: new URL(source.url, url).href } : source,
      license: field.at('license').string(),
      parameters: count('parameters', 1),
      downloadBytes: count('downloadBytes', 1),
      storedBytes: count('storedBytes', 1),
      expertBytes: count('expertBytes'),
      ...expertShape(field.optional('experts')),
      halfBytes: count('halfBytes'),
      cacheBytesPerToken: count('cacheBytesPerToken'),
      largestArrayBytes: count('largestArrayBytes', 1),
    };
  });
  const ids = models.map((model) => model.id);
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) fail('bad-manifest', `catalogue: the id ${twin} is there twice.`);
  return models;
}

function expertShape(field: Field | undefined): Pick<CatalogueModel, 'experts'> {
  if (field === undefined) return {};
  const count = (name: string): number => field.at(name).integer(1);
  return { experts: { layers: count('layers'), count: count('count'), chosen: count('chosen') } };
}
