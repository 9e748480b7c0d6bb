// Invented people at invented companies, the same for the same day, other ones for another day.
import type { LeadInput } from "../bison/make.ts";

export interface Person extends LeadInput {
  first_name: string;
  last_name: string;
  title: string;
  company: string;
}

const FIRST = words(
  `Dana Priya Marcus Elena Tobias Amara Jonas Ruth Kenji Lucia Omar Greta Felix Nadia Hugo Ingrid Caleb Yara
  Stefan Maeve Andre Sofia Ravi Clara Tomas Leila Victor Hana Oscar Bianca`,
);
const LAST = words(
  `Ortiz Raman Feld Novak Berg Okafor Lindt Salas Mori Haddad Quinn Weiss Castell Duarte Moreau Holm Voss
  Petrov Lang Romero Byrne Kowal Sato Engel Rossi Marsh Dietz Alvarez Frost Nyberg Keller`,
);
const PLACE = words(`Harbor Granite Cedar Summit Prairie Lakeside Ironwood Juniper Redstone Bluff Canyon Meadow Orchard
  Pioneer Riverbend Sterling Timber Union Valley Westfield Ashford Beacon Copper Delta Ember Fairview Glacier Hollow`);
const TRADES = {
  factory: words("Foods Packaging Castings Plastics Bakery Paper Tooling Beverage Glass"),
  importer: words(
    "Imports Trading Wines Textiles Ceramics Furniture Cycles Toys Spices",
  ),
};
const TITLES = {
  factory: ["Plant Manager", "VP Operations", "Head of Packaging", "Warehouse Director"],
  importer: ["Supply Chain Lead", "Managing Director", "Head of Logistics", "Buying Manager"],
};

/** Number `index` of a trade; indexes are never used up, but companies come round again after some weeks. */
export function person(trade: keyof typeof TRADES, index: number): Person {
  const company = `${pick(PLACE, index * 5)} ${pick(TRADES[trade], Math.floor(index / PLACE.length) + index)}`;
  const first_name = pick(FIRST, index * 7);
  const last_name = pick(LAST, index + Math.floor(index / (FIRST.length * LAST.length)));
  const domain = `${company.toLowerCase().replace(/\W+/g, "-")}.example`;
  return {
    email: `${first_name}.${last_name}@${domain}`.toLowerCase(),
    first_name,
    last_name,
    title: pick(TITLES[trade], index),
    company,
    custom_variables: [{ name: "company website", value: `https://www.${domain}` }],
  };
}

export function fullName({ first_name, last_name }: Person): string {
  return `${first_name} ${last_name}`;
}

function words(text: string): string[] {
  return text.split(/\s+/);
}

function pick<T>(list: T[], index: number): T {
  return list[index % list.length]!;
}
