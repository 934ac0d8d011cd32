/**
 * What every XML result of the classic commands has, as RELAX NG: programs that read them (Debian's pcs) check them before. It settles what
 * is around the answer: who was asked how, and how it ended. What is in between is each command's own.
 */
export const RESULT_SCHEMA = `<?xml version="1.0" encoding="UTF-8"?>
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="pacemaker-result">
      <attribute name="api-version"/>
      <attribute name="request"/>
      <zeroOrMore>
        <ref name="answer"/>
      </zeroOrMore>
      <ref name="status"/>
    </element>
  </start>
  <define name="status">
    <element name="status">
      <attribute name="code">
        <data type="integer"/>
      </attribute>
      <attribute name="message"/>
      <optional>
        <element name="errors">
          <oneOrMore>
            <element name="error">
              <text/>
            </element>
          </oneOrMore>
        </element>
      </optional>
    </element>
  </define>
  <define name="answer">
    <element>
      <anyName>
        <except>
          <name>status</name>
        </except>
      </anyName>
      <ref name="anything"/>
    </element>
  </define>
  <define name="anything">
    <zeroOrMore>
      <choice>
        <attribute>
          <anyName/>
        </attribute>
        <text/>
        <element>
          <anyName/>
          <ref name="anything"/>
        </element>
      </choice>
    </zeroOrMore>
  </define>
</grammar>
`;
