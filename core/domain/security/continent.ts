import { countries } from 'countries-list';

/**
 * Countries at the edge of a continent count as being on the next one too, beside those that span two: who
 * drives, sails or roams over that edge has not travelled far.
 */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  AF: ['SA', 'YE'],
  AS: ['CY'],
  EU: ['MA', 'DZ', 'TN', 'LY'],
  NA: ['IS'],
  OC: ['ID', 'PH', 'TL'],
  SA: ['PA', 'TT', 'GD', 'AW', 'CW', 'BQ'],
};

const CONTINENTS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(countries).map(([code, country]) => [
    code,
    new Set([
      country.continent,
      ...('continents' in country ? country.continents : []),
      ...Object.keys(EDGES).filter((continent) => EDGES[continent]?.includes(code)),
    ]),
  ]),
);

/**
 * Whether two countries (ISO 3166-1 alpha-2) lie on different continents and neither at the edge to the
 * other's. A country that is not known is far from nowhere.
 */
export function farApart(one: string, other: string): boolean {
  const [ours, theirs] = [CONTINENTS.get(one), CONTINENTS.get(other)];
  return ours !== undefined && theirs !== undefined && ours.isDisjointFrom(theirs);
}
