/* Channels to services, event numbers to categories. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_winevent.c */
#include "parse/winsource.h"

#define M "Microsoft-Windows-"

static const struct channel {
	const char *channel, *service;
} channels[] = {
	{ M "Sysmon/Operational", "sysmon" },
	{ "Security", "security" },
	{ "System", "system" },
	{ "Application", "application" },
	{ M "PowerShell/Operational", "powershell" },
	{ "PowerShellCore/Operational", "powershell" },
	{ "Windows PowerShell", "powershell-classic" },
	{ M "Windows Defender/Operational", "windefend" },
	{ M "Windows Firewall With Advanced Security/Firewall", "firewall-as" },
	{ M "TaskScheduler/Operational", "taskscheduler" },
	{ M "WMI-Activity/Operational", "wmi" },
	{ M "NTLM/Operational", "ntlm" },
	{ M "DHCP-Server/Operational", "dhcp" },
	{ M "DNS Client Events/Operational", "dns-client" },
	{ "DNS Server", "dns-server" },
	{ M "DNS-Server/Analytical", "dns-server-analytic" },
	{ M "DNS-Server/Audit", "dns-server-audit" },
	{ M "DriverFrameworks-UserMode/Operational", "driver-framework" },
	{ M "PrintService/Admin", "printservice-admin" },
	{ M "PrintService/Operational", "printservice-operational" },
	{ M "SmbClient/Security", "smbclient-security" },
	{ M "SmbClient/Connectivity", "smbclient-connectivity" },
	{ M "SMBServer/Connectivity", "smbserver-connectivity" },
	{ M "TerminalServices-LocalSessionManager/Operational",
	    "terminalservices-localsessionmanager" },
	{ M "CodeIntegrity/Operational", "codeintegrity-operational" },
	{ M "AppLocker/MSI and Script", "applocker" },
	{ M "AppLocker/EXE and DLL", "applocker" },
	{ M "AppLocker/Packaged app-Deployment", "applocker" },
	{ M "AppLocker/Packaged app-Execution", "applocker" },
	{ "MSExchange Management", "msexchange-management" },
	{ M "Bits-Client/Operational", "bits-client" },
	{ M "Security-Mitigations/Kernel Mode", "security-mitigations" },
	{ M "Security-Mitigations/User Mode", "security-mitigations" },
	{ M "Diagnosis-Scripted/Operational", "diagnosis-scripted" },
	{ M "Shell-Core/Operational", "shell-core" },
	{ "OpenSSH/Operational", "openssh" },
	{ M "LDAP-Client/Debug", "ldap" },
	{ M "BitLocker/BitLocker Management", "bitlocker" },
	{ M "VHDMP/Operational", "vhdmp" },
	{ M "AppXDeploymentServer/Operational", "appxdeployment-server" },
	{ M "LSA/Operational", "lsa-server" },
	{ M "AppxPackaging/Operational", "appxpackaging-om" },
	{ M "AppModel-Runtime/Admin", "appmodel-runtime" },
	{ M "CAPI2/Operational", "capi2" },
	{ M "CertificateServicesClient-Lifecycle-System/Operational",
	    "certificateservicesclient-lifecycle-system" },
	{ M "Kernel-ShimEngine/Operational", "kernel-shimengine" },
	{ M "Kernel-ShimEngine/Diagnostic", "kernel-shimengine" },
	{ M "Application-Experience/Program-Telemetry", "application-experience" },
	{ M "Application-Experience/Program-Compatibility-Assistant", "application-experience" },
	{ M "Ntfs/Operational", "ntfs" },
	{ M "Hyper-V-Worker", "hyper-v-worker" },
	{ M "Kernel-EventTracing", "kernel-event-tracing" },
	{ M "SENSE/Operational", "sense" },
	{ "Microsoft-ServiceBus-Client/Admin", "microsoft-servicebus-client" },
	{ "Microsoft-ServiceBus-Client/Operational", "microsoft-servicebus-client" },
	{ "Microsoft-IIS-Configuration/Operational", "iis-configuration" },
};

/* The first that fits; event_type NULL: any. */
static const struct category {
	const char *service;
	int64_t id;
	const char *event_type;
	const char *category;
} categories[] = {
	{ "sysmon", 1, NULL, "process_creation" },
	{ "sysmon", 2, NULL, "file_change" },
	{ "sysmon", 3, NULL, "network_connection" },
	{ "sysmon", 4, NULL, "sysmon_status" },
	{ "sysmon", 5, NULL, "process_termination" },
	{ "sysmon", 6, NULL, "driver_load" },
	{ "sysmon", 7, NULL, "image_load" },
	{ "sysmon", 8, NULL, "create_remote_thread" },
	{ "sysmon", 9, NULL, "raw_access_thread" },
	{ "sysmon", 10, NULL, "process_access" },
	{ "sysmon", 11, NULL, "file_event" },
	{ "sysmon", 12, "CreateKey", "registry_add" },
	{ "sysmon", 12, "DeleteKey", "registry_delete" },
	{ "sysmon", 12, "DeleteValue", "registry_delete" },
	{ "sysmon", 12, NULL, "registry_event" },
	{ "sysmon", 13, NULL, "registry_set" },
	{ "sysmon", 14, NULL, "registry_rename" },
	{ "sysmon", 15, NULL, "create_stream_hash" },
	{ "sysmon", 16, NULL, "sysmon_status" },
	{ "sysmon", 17, NULL, "pipe_created" },
	{ "sysmon", 18, NULL, "pipe_created" },
	{ "sysmon", 19, NULL, "wmi_event" },
	{ "sysmon", 20, NULL, "wmi_event" },
	{ "sysmon", 21, NULL, "wmi_event" },
	{ "sysmon", 22, NULL, "dns_query" },
	{ "sysmon", 23, NULL, "file_delete" },
	{ "sysmon", 24, NULL, "clipboard_change" },
	{ "sysmon", 25, NULL, "process_tampering" },
	{ "sysmon", 26, NULL, "file_delete_detected" },
	{ "sysmon", 27, NULL, "file_block_executable" },
	{ "sysmon", 28, NULL, "file_block_shredding" },
	{ "sysmon", 29, NULL, "file_executable_detected" },
	{ "sysmon", 255, NULL, "sysmon_error" },
	{ "security", 4688, NULL, "process_creation" },
	{ "powershell", 4103, NULL, "ps_module" },
	{ "powershell", 4104, NULL, "ps_script" },
	{ "powershell-classic", 400, NULL, "ps_classic_start" },
	{ "powershell-classic", 600, NULL, "ps_classic_provider_start" },
	{ "powershell-classic", 800, NULL, "ps_classic_script" },
	{ "windefend", 1006, NULL, "antivirus" },
	{ "windefend", 1007, NULL, "antivirus" },
	{ "windefend", 1008, NULL, "antivirus" },
	{ "windefend", 1009, NULL, "antivirus" },
	{ "windefend", 1010, NULL, "antivirus" },
	{ "windefend", 1011, NULL, "antivirus" },
	{ "windefend", 1012, NULL, "antivirus" },
	{ "windefend", 1017, NULL, "antivirus" },
	{ "windefend", 1018, NULL, "antivirus" },
	{ "windefend", 1019, NULL, "antivirus" },
	{ "windefend", 1115, NULL, "antivirus" },
	{ "windefend", 1116, NULL, "antivirus" },
};

/* Of the Security log, what rules about logins know by our names. */
static const struct type {
	int64_t id;
	const char *type;
} types[] = {
	{ 4624, "auth.login.success" },
	{ 4625, "auth.login.failed" },
	{ 4720, "auth.user.created" },
	{ 4726, "auth.user.deleted" },
	{ 4738, "auth.user.changed" },
};

static const char *
category_of(const char *service, int64_t id, struct str event_type)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		const struct category *c = &categories[i];

		if (c->id == id && strcmp(c->service, service) == 0 &&
		    (c->event_type == NULL || str_eq(event_type, str_c(c->event_type))))
			return c->category;
	}
	return service[0] != '\0' ? WINSOURCE_NONE : "";
}

void
winsource_find(struct str channel, int64_t id, struct str type, struct winsource *ret)
{
	*ret = (struct winsource){ "", "", "windows.event" };
	for (size_t i = 0; i < ARRAY_LEN(channels); i++)
		if (str_eq_nocase(channel, str_c(channels[i].channel)))
			ret->service = channels[i].service;
	ret->category = category_of(ret->service, id, type);
	for (size_t i = 0; i < ARRAY_LEN(types) && strcmp(ret->service, "security") == 0; i++)
		if (types[i].id == id)
			ret->type = types[i].type;
}
