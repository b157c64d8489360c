"""Grades errand's UCP client with the agent lane of spck-conformance (PyPI, MIT, version 0.4.0).

For each scenario it starts the lane's adversarial merchant on a loopback port, lets the client shop there, takes the
client's own wire log as JSON and asks every check of the scenario what it thinks of it.

    driver.py --drive PATH/TO/errand-ucp-drive     runs the binary once per scenario
    driver.py --attach SCENARIO                     prints the address, reads one line of JSON (the log) from stdin

Every check prints one JSON line {"check", "scenario", "result"}. Checks that concern what the client does not do are
listed with the reason, never run. Exit code: 0 when all are CLEAN, 1 when one is not, 3 when the package is missing.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys

SIGNING = "requests are not signed and signatures of answers are not checked yet"
LINKING = "accounts are not linked: there is no OAuth in the client"
AP2 = "mandates are not made; the wheel cannot run this scenario either"

LEFT_OUT = {
    "agent.verifies_business_signature": SIGNING,
    "agent.request_signature_verifies": SIGNING,
    "agent.signs_core_components": SIGNING,
    "agent.signs_body_components": SIGNING,
    "agent.signs_idempotency_key": SIGNING,
    "agent.signs_ucp_agent_component": SIGNING,
    "agent.uses_pkce": LINKING,
    "agent.validates_iss": LINKING,
    "agent.processes_auth_challenge": LINKING,
    "agent.sends_bearer_token": LINKING,
    "agent.extracts_challenge_scope": LINKING,
    "agent.public_client_pkce_proof": LINKING,
    "agent.no_client_secret": LINKING,
    "agent.validates_oauth_state": LINKING,
    "agent.validates_issuer_match": LINKING,
    "agent.aborts_on_discovery_error": LINKING,
    "agent.uses_authorization_code_flow": LINKING,
    "agent.uses_advertised_auth_method": LINKING,
    "agent.requests_only_derived_scopes": LINKING,
    "agent.ignores_future_config": LINKING,
    "agent.aborts_on_oidc_fallback_error": LINKING,
    "agent.no_iss_normalization": LINKING,
    "agent.revokes_token_on_unlink": LINKING,
    "agent.owns_authz_request": LINKING,
    "agent.incremental_scope_only": LINKING,
    "agent.ignores_error_description": LINKING,
    "agent.ap2_provides_mandates_on_complete": AP2,
    "agent.ap2_two_distinct_mandates": AP2,
}

TIMEOUT_S = 60


def lane():
    """The lane's two modules, or None when the package is not installed."""
    spec = importlib.util.find_spec("spck_conformance")
    if spec is None or spec.origin is None:
        return None
    folder = pathlib.Path(spec.origin).parent / "_bundle" / "conformance" / "agent"
    sys.path.insert(0, str(folder))
    import agent_checks
    import sandbox

    return agent_checks, sandbox


def say(record):
    print(json.dumps(record), flush=True)


def grade(checks, scenario, log):
    """Asks every check of a scenario; says whether all were CLEAN."""
    clean = True
    for check in checks:
        if check.scenario != scenario or check.id in LEFT_OUT:
            continue
        result = check.predicate(log)
        clean = clean and result == "CLEAN"
        say({"check": check.id, "scenario": scenario, "result": result})
    return clean


def drive(command, base):
    """Runs the client against a shop and returns its log. A script that stopped early still prints one."""
    done = subprocess.run(
        command + ["--base", base], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    if not done.stdout.strip():
        raise SystemExit(f"the client printed no log: {done.stderr.strip()}")
    return json.loads(done.stdout)


def main(arguments):
    modules = lane()
    if modules is None:
        say({"missing": "spck-conformance"})
        return 3
    agent_checks, sandbox = modules
    known = {check.id for check in agent_checks.CHECKS}
    unknown = sorted(set(LEFT_OUT) - known)
    if unknown:
        say({"error": "left out but not in the lane", "checks": unknown})
        return 1
    if arguments[:1] == ["--attach"] and len(arguments) == 2:
        scenario = arguments[1]
        with sandbox.serve(scenario=scenario) as (base, _):
            say({"base": base})
            log = json.loads(sys.stdin.readline())
        return 0 if grade(agent_checks.CHECKS, scenario, log) else 1
    if arguments[:1] == ["--drive"] and len(arguments) >= 2:
        clean = True
        graded = [check for check in agent_checks.CHECKS if check.id not in LEFT_OUT]
        for scenario in sorted({check.scenario for check in graded}):
            with sandbox.serve(scenario=scenario) as (base, _):
                log = drive(arguments[1:], base)
            clean = grade(agent_checks.CHECKS, scenario, log) and clean
        for check, reason in sorted(LEFT_OUT.items()):
            say({"left_out": check, "reason": reason})
        return 0 if clean else 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
