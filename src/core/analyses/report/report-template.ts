/** The body of the report. Every value is already safe Markdown. */
export const reportTemplate = `# {{ title }}

{{ conclusion }}

{{ engine }}. Each finding is what a rule saw in a file; nobody judged it yet.
{% if comment != '' %}
Made again after this remark: {{ comment }}
{% endif %}
{% if steps.size > 0 %}
## Summary

| step | result | findings | high | medium | low | info | files looked at |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
{% for step in steps -%}
| {{ step.title }} | {{ step.status }} | {{ step.total }} | {{ step.counts | join: ' | ' }} | {{ step.looked }} |
{% endfor %}
{% endif %}
{% if files.size > 0 %}
## Where to look first

| file | high | medium | low | info |
| --- | ---: | ---: | ---: | ---: |
{% for file in files -%}
| {{ file.link }} | {{ file.counts | join: ' | ' }} |
{% endfor %}
{% endif %}
## Findings
{% assign shown = 0 %}
{% for severity in severities %}
{% if severity.count > 0 %}
{% assign shown = shown | plus: 1 %}
### {{ severity.title }} ({{ severity.count }})
{% if severity.unlisted > 0 %}
{{ severity.unlisted }} of them are counted only: steps list the first of each rule.
{% endif %}
{% for group in severity.groups %}
#### {{ group.title }}

{% for line in group.lines -%}
{{ line }}
{% endfor %}
{% endfor %}
{% endif %}
{% endfor %}
{% if shown == 0 %}
None.
{% endif %}
{% if steps.size > 0 %}
## Steps
{% for step in steps %}
### {{ step.title }}

{{ step.status }}{% if step.by != '' %}, {{ step.by }}{% endif %}{% if step.summary != '' %}: {{ step.summary }}{% endif %}
{% if step.metrics != '' %}
Figures: {{ step.metrics }}
{% endif %}
{% if step.artifacts != '' %}
Artifacts: {{ step.artifacts }}
{% endif %}
{% if step.text != '' %}
{{ step.text }}
{% endif %}
{% if step.empty %}
It produced nothing to report.
{% endif %}
{% endfor %}
{% endif %}
## What was not looked at
{% if gaps.size > 0 %}
{% for gap in gaps -%}
- {{ gap }}
{% endfor %}
{% else %}
Nothing was left out that the steps know of.
{% endif %}
`;
