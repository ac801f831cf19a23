// Fetches and parses the catalogue: a JSON file served with the app, which the operator of the site may edit. Computes
// the figures of a model that the file does not give.

import type { CatalogueModel, HubModel } from '../contract/weights.ts';
import { fail } from '../failure.ts';
import { Field, parseJson } from '../format/json-field.ts';
import { PRESETS, parseSource } from './store/model-record.ts';

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

/**
 * Resolves the addresses of packages against that of the catalogue, and makes each of a model's `variants` a separate
 * model. Fails with 'bad-manifest', naming the field.
 */
export function parseCatalogue(json: unknown, url: string): CatalogueModel[] {
  const models = new Field(json, 'catalogue: ', 'bad-manifest').at('models').list((field) => {
    const model = parseModel(field, url);
    return [model, ...parseVariants(field.optional('variants'), model)];
  });
  const ids = models.flat().map((model) => model.id);
  const twin = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twin !== undefined) fail('bad-manifest', `catalogue: the id ${twin} is there twice.`);
  return models.flat();
}

function parseModel(field: Field, url: string): CatalogueModel {
  const count = (name: string, least = 0): number => field.at(name).integer(least);
  const source = parseSource(field.at('source'));
  return {
    id: field.at('id').string(),
    name: field.at('name').string(),
    source: source.kind === 'package' ? { ...source, url: new URL(source.url, url).href } : source,
    ...named('family', field.optional('family')?.string()),
    ...named('kind', field.optional('kind')?.oneOf(['instruct', 'thinking'])),
    ...(source.kind === 'package' ? {} : { preset: source.preset }),
    license: field.at('license').string(),
    parameters: count('parameters', 1),
    ...named('layers', field.optional('layers')?.integer(1)),
    downloadBytes: count('downloadBytes', 1),
    ...expertShape(field.optional('experts')),
    cacheBytesPerToken: count('cacheBytesPerToken'),
    ...parseSizes(field),
  };
}

type Sizes = Pick<
  CatalogueModel,
  'storedBytes' | 'expertBytes' | 'tokenBytes' | 'halfBytes' | 'largestArrayBytes'
>;

function parseSizes(field: Field): Sizes {
  const count = (name: string, least = 0): number => field.at(name).integer(least);
  const sizes = {
    storedBytes: count('storedBytes', 1),
    expertBytes: count('expertBytes'),
    halfBytes: count('halfBytes'),
    largestArrayBytes: count('largestArrayBytes', 1),
  };
  // Most of the weights that are stored in 16 bits belong to the vision encoder, which is not read for a token.
  const rest = Math.max(1, sizes.storedBytes - sizes.expertBytes - sizes.halfBytes);
  return { ...sizes, tokenBytes: field.optional('tokenBytes')?.integer(1) ?? rest };
}

/** The same model in other precisions, each with its own sizes, and perhaps made from other files on the same hub. */
function parseVariants(field: Field | undefined, model: CatalogueModel): CatalogueModel[] {
  const { source } = model;
  if (field === undefined || source.kind !== 'hub') return [];
  return PRESETS.flatMap((preset) => {
    const sizes = field.optional(preset);
    if (sizes === undefined || preset === source.preset) return [];
    const { id, name } = model;
    const own = variantSource(sizes.optional('source'), { ...source, preset });
    return {
      ...model,
      ...{ id: `${id}-${preset}`, name: `${name} (${preset})`, preset, source: own },
      ...named('downloadBytes', sizes.optional('downloadBytes')?.integer(1)),
      ...parseSizes(sizes),
    };
  });
}

/** A variant's own source, on the hub of the model; the model's source if `field` is undefined. */
export function variantSource(field: Field | undefined, model: HubModel): HubModel {
  if (field === undefined) return model;
  const { kind, endpoint, preset, hosts } = model;
  const json = { kind, endpoint, preset, ...(hosts ? { hosts } : {}), ...(field.value as object) };
  const source = parseSource(new Field(json, 'catalogue: source: ', 'bad-manifest'));
  return source.kind === 'hub' ? source : field.fail('must be a checkpoint on a hub');
}

function named<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, T>);
}

function expertShape(field: Field | undefined): Pick<CatalogueModel, 'experts'> {
  if (field === undefined) return {};
  const count = (name: string): number => field.at(name).integer(1);
  return { experts: { layers: count('layers'), count: count('count'), chosen: count('chosen') } };
}
