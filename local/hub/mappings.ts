// Which columns of a source are which fields of ours. What no field takes keeps its name and becomes a custom field.

export const fields = ["email", "name", "first_name", "last_name", "phone", "company", "title", "tags"] as const;
export type Field = (typeof fields)[number];

/** For each field its names in a source, best first; compared without case, blanks and underscores. */
export type Mapping = Partial<Record<Field, readonly string[]>>;

const plain: Mapping = Object.fromEntries(fields.map((field) => [field, [field]]));

export const mappings: Record<string, Mapping> = {
  plain,
  apollo: {
    email: ["Email", "Work Email", "Primary Email"],
    name: ["Name", "Full Name"],
    first_name: ["First Name"],
    last_name: ["Last Name"],
    phone: ["Phone", "Mobile Phone", "Work Direct Phone", "Corporate Phone", "sanitized_phone"],
    company: ["Company", "Company Name", "Company Name for Emails", "organization.name", "organization_name"],
    title: ["Title", "Job Title"],
    tags: ["Tags", "Lists", "label_names"],
  },
  apify: {
    email: ["email", "emails.0", "emailAddress", "contactInfo.emails.0"],
    name: ["name", "fullName"],
    first_name: ["firstName"],
    last_name: ["lastName"],
    phone: ["phone", "phoneUnformatted", "mobileNumber", "phones.0"],
    company: ["company", "companyName", "currentCompany"],
    title: ["title", "jobTitle", "headline", "occupation"],
    tags: ["tags", "categories"],
  },
  storeleads: {
    email: ["email", "emails", "contact_info.email"],
    name: ["contact_name", "owner_name"],
    phone: ["phone", "phones"],
    company: ["merchant_name", "title", "company"],
    title: ["contact_title"],
    tags: ["tags", "categories"],
  },
};

/** `email=Mail,company=Firma|Firmenname`, as --map takes it. */
export function parseMapping(text: string): Mapping {
  const mapping: Record<string, string[]> = {};
  for (const part of text.split(",")) {
    const [field, names] = part.split("=").map((word) => word.trim());
    if (!field || !names || !fields.includes(field as Field)) {
      throw new Error(`--map is field=column,...: ${JSON.stringify(part)} is none. Fields: ${fields.join(", ")}.`);
    }
    mapping[field] = names.split("|");
  }
  return { ...plain, ...mapping };
}

const simple = (name: string) => name.toLowerCase().replace(/[\s_]/g, "");

/** A function that renames what a row calls otherwise; null when all its rows can stay as they are. */
export function renamer(mapping: Mapping): ((row: Record<string, unknown>) => Record<string, unknown>) | null {
  const entries = Object.entries(mapping) as [Field, readonly string[]][];
  if (entries.every(([field, [name, ...others]]) => field === name && !others.length)) return null;
  const wanted = new Map<string, { field: Field; rank: number }>();
  const deep: { field: Field; path: string[] }[] = [];
  for (const [field, names] of entries) {
    names.forEach((name, rank) => {
      if (name.includes(".")) deep.push({ field, path: name.split(".") });
      else if (!wanted.has(simple(name))) wanted.set(simple(name), { field, rank });
    });
  }
  return (row) => {
    const result: Record<string, unknown> = {};
    const ranks: Partial<Record<Field, number>> = {};
    for (const [name, value] of Object.entries(row)) {
      const as = wanted.get(simple(name));
      if (!as) {
        result[fields.includes(name as Field) ? `${name}_` : name] = value;
      } else if (isThere(value) && (ranks[as.field] ?? Infinity) > as.rank) {
        result[as.field] = as.field === "email" ? firstAddress(value) : value;
        ranks[as.field] = as.rank;
      }
    }
    for (const { field, path } of deep) {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], row);
      if (!(field in result) && isThere(value)) result[field] = value;
    }
    return result;
  };
}

const isThere = (value: unknown) => value !== null && value !== undefined && value !== "";

/** Some sources list all addresses of a shop in one column. */
function firstAddress(value: unknown): unknown {
  return typeof value === "string" ? value.split(/[;:,\s]+/).find((part) => part.includes("@")) ?? value : value;
}
