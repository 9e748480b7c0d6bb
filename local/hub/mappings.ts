// Which columns of a source are which fields of ours. What no field takes keeps its name and becomes a custom field.

/** Custom fields by which contacts become people and companies. */
const further = [
  "linkedin_url",
  "location",
  "seniority",
  "department",
  "company_domain",
  "website",
  "industry",
  "employee_count",
  "revenue",
] as const;
export const fields = [
  "email",
  "name",
  "first_name",
  "last_name",
  "phone",
  "company",
  "title",
  "tags",
  ...further,
] as const;
export type Field = (typeof fields)[number];

/**
 * For each field its names in a source, best first; compared without case, blanks, underscores and hyphens. `a.0` is also what is
 * first in the list `a`, which a CSV of Apify calls `a/0`.
 */
export type Mapping = Partial<Record<Field, readonly string[]>>;

const own = (some: readonly Field[]): Mapping => Object.fromEntries(some.map((field) => [field, [field]]));
const plain = own(fields);

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
    linkedin_url: ["Person Linkedin Url", "linkedin_url"],
    department: ["Departments", "Department"],
    website: ["Website", "organization.website_url"],
    industry: ["Industry", "organization.industry"],
    employee_count: ["# Employees", "organization.estimated_num_employees"],
    revenue: ["Annual Revenue", "organization.annual_revenue"],
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

/** Fails when none of the columns is there that a person told for a field: all rows would come without it. */
export function requireColumns(mapping: Mapping, columns: readonly string[]): void {
  if (Object.values(mappings).includes(mapping)) return;
  const known = new Set(columns.map(simple));
  for (const [field, names] of Object.entries(mapping)) {
    if (names === plain[field as Field] || names.some((name) => known.has(simple(name)))) continue;
    throw new Error(
      `--map: the file has no column ${names.map((name) => JSON.stringify(name)).join(" or ")} for ${field}. ` +
        `It has: ${columns.join(", ")}.`,
    );
  }
}

const simple = (name: string) => name.toLowerCase().replace(/[\s_-]/g, "").replaceAll("/", ".");

/** Whether rows that have our names can stay as they are. */
export const isPlain = (mapping: Mapping): boolean =>
  Object.entries(mapping).every(([field, [name, ...others]]) => field === name && !others.length);

/** A function that renames what a row calls otherwise. */
export function renamer(mapping: Mapping): (row: Record<string, unknown>) => Record<string, unknown> {
  const entries = Object.entries({ ...own(further), ...mapping }) as [Field, readonly string[]][];
  const wanted = new Map<string, { field: Field; rank: number }>();
  const deep: { field: Field; path: string[] }[] = [];
  for (const [field, names] of entries) {
    names.forEach((name, rank) => {
      if (name.includes(".")) deep.push({ field, path: name.split(".") });
      if (!wanted.has(simple(name))) wanted.set(simple(name), { field, rank });
    });
  }
  const simpleNames = new Map<string, string>();
  const target = (name: string) => {
    let known = simpleNames.get(name);
    if (known === undefined && simpleNames.size < 10_000) simpleNames.set(name, known = simple(name));
    return wanted.get(known ?? simple(name));
  };
  return (row) => {
    const result: Record<string, unknown> = {};
    const best: Partial<Record<Field, { name: string; rank: number }>> = {};
    const keep = (name: string) => result[fields.includes(name as Field) ? `${name}_` : name] = row[name];
    const take = (field: Field, value: unknown) => result[field] = field === "email" ? firstAddress(value) : value;
    for (const [name, value] of Object.entries(row)) {
      const as = target(name);
      if (!as) keep(name);
      if (!as || !isThere(value)) continue;
      const other = best[as.field];
      if (other && other.rank <= as.rank) {
        keep(name);
        continue;
      }
      if (other) keep(other.name);
      take(as.field, value);
      best[as.field] = { name, rank: as.rank };
    }
    for (const { field, path } of deep) {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], row);
      if (!(field in result) && isThere(value)) take(field, value);
    }
    return result;
  };
}

const isThere = (value: unknown) => value !== null && value !== undefined && value !== "";

/** Some sources list all addresses of a shop in one column. */
function firstAddress(value: unknown): unknown {
  if (Array.isArray(value)) return value.find((one) => typeof one === "string" && one.includes("@")) ?? value;
  return typeof value === "string" ? value.split(/[;:,\s]+/).find((part) => part.includes("@")) ?? value : value;
}
