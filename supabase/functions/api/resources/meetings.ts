import { defineResource } from "../core/resource.ts";
import { personFilter } from "./person.ts";

export const meetings = defineResource({
  path: "meetings",
  name: "Meeting",
  about: "The meeting of a person with a client, as the bookings in Calendly make it.",
  table: "public.meetings_booked",
  scope: "meetings",
  columns: {
    uuid: "id",
    text: "email client first_name last_name full_name title company company_domain profile_url campaign_name " +
      "campaign_id meeting_name meeting_link rescheduling_link cancel_link status cancel_reason event_type_uri",
    timestamp: "created_time meeting_date meeting_end canceled_at updated_at",
    integer: "reschedule_count bison_lead_id",
    object: "custom_variables_jsonb",
  },
  present: "id email status reschedule_count updated_at",
  choices: { status: ["booked", "canceled", "no_show"] },
  large: "custom_variables_jsonb",
  customFilters: { email: personFilter("meetings_booked", "meetings_booked_client_email_key") },
  sorts: "-meeting_date",
});
